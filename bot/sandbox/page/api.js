/** Speaks to the pretend Slack's control API and nothing else. */

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const why = [body.error ?? `status ${response.status}`, ...(body.response_metadata?.messages ?? [])].join(": ");
  return { ...body, ok: false, problem: `The sandbox refused that: ${why}.` };
}

export async function get(name, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const response = await fetch(`/control/${name}?${query}`);
  if (!response.ok) throw new Error(`GET ${name}: ${response.status}`);
  return response.json();
}

/**
 * Posts and returns the answer. When the page itself went wrong, the answer has a `problem` to show; what Slack would
 * tell the person comes over the stream as a notice.
 */
export async function post(name, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    return await answer(await fetch(`/control/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch {
    return { ok: false, problem: "The sandbox does not answer. Is it still running?" };
  }
}

/** Hands a file over as somebody; the answer has the `file` as Slack describes it, or a `problem`. */
export async function upload(as, file) {
  try {
    const query = new URLSearchParams({ as, name: file.name });
    return await answer(await fetch(`/control/files?${query}`, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file }));
  } catch {
    return { ok: false, problem: "The sandbox did not take the file." };
  }
}

/**
 * Hears what happens for one person; resolves to the function that stops it once the stream is open, so that nothing
 * asked for afterwards is missed. `onBack` runs when the stream returns after a break.
 */
export function listen(as, { onEvent, onBreak, onBack }) {
  const source = new EventSource(`/control/stream?as=${encodeURIComponent(as)}`);
  let broken = false;
  let opened = () => {};
  const open = new Promise((resolve) => {
    opened = resolve;
  });
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => {
    broken = true;
    onBreak();
  };
  source.onopen = () => {
    if (broken) onBack();
    broken = false;
    opened(() => source.close());
  };
  return open;
}
