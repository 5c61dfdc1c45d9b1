/** Builds DOM nodes. Text from data only ever becomes a text node, never markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "open", "htmlFor", "tabIndex"]);

/** One element: `h("button", {class: "quiet", onclick: go}, "Go")`. Null and false children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else if (PROPERTIES.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  add(node, children);
  return node;
}

export function add(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child);
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

export const $ = (id) => document.getElementById(id);

let numbered = 0;
export const freshId = (prefix) => `${prefix}-${++numbered}`;

/** Two letters and a steady colour for somebody without a picture. */
export function avatar(name, id, extra = "") {
  const letters = name.split(/\s+/).filter(Boolean).slice(0, 2).map((word) => word[0].toUpperCase()).join("");
  const node = h("span", { class: `avatar ${extra}`, "aria-hidden": "true" }, letters || "?");
  let hue = 0;
  for (const letter of id ?? name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  node.style.setProperty("--hue", String(hue));
  return node;
}

const ICONS = {
  more: "M5 11.5a.5.5 0 1 0 .01 0M12 11.5a.5.5 0 1 0 .01 0M19 11.5a.5.5 0 1 0 .01 0",
  reply: "M9 15 4 10l5-5M4 10h10a6 6 0 0 1 6 6v3",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  send: "M5 12 3 4l18 8-18 8 2-8h8",
  pulse: "M3 12h4l3 7 4-14 3 7h4",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
  clip: "M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8L10 17a1.7 1.7 0 0 1-2.4-2.4l7.4-7.4",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  window: "M14 4h6v6M20 4l-9 9M10 5H5v14h14v-5",
  down: "M6 9l6 6 6-6",
  back: "M15 6l-6 6 6 6",
  clock: "M12 3.5a8.5 8.5 0 1 0 .01 0M12 7.5V12l3 2",
  to: "M4 12h14M12 6l6 6-6 6",
  from: "M20 12H6M12 6l-6 6 6 6",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
};
const SVG = "http://www.w3.org/2000/svg";

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function announce(text) {
  $("live").textContent = text;
}
