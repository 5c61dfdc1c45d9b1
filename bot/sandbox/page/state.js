/** What the page knows: who we act as, where we are, people, channels, and what has been read. */

export const state = {
  me: null,
  team: { name: "" },
  app: { name: "", commands: [], shortcuts: [] },
  users: [],
  channels: [],
  home: null,
  modals: [],
  practice: null,
  connected: false,
  active: [],
  streaming: true,
  place: { kind: "channel", id: null },
  refusals: 0,
  /** The message on which something was last pressed; "" once something was typed. */
  pressed: "",
};

export function learn(told) {
  Object.assign(state, {
    team: told.team ?? state.team,
    app: { commands: [], shortcuts: [], ...told.app },
    users: told.users ?? [],
    channels: told.channels ?? [],
    home: told.home ?? null,
    modals: told.modals ?? [],
    practice: told.practice ?? null,
    connected: Boolean(told.connected),
    active: told.active ?? [],
  });
}

export const people = () => state.users.filter((user) => !user.is_bot && !user.deleted && user.id !== "USLACKBOT");
export const userOf = (id) => state.users.find((user) => user.id === id);
export const channelOf = (id) => state.channels.find((channel) => channel.id === id);
export const me = () => userOf(state.me);
export const zone = () => me()?.tz || "UTC";
/** The one conversation of this person with the app; other DMs are between people. */
export const appDm = () => state.channels.find((channel) => channel.is_im && channel.members.includes(state.app.bot_user_id));
export const partnerIn = (channel) => channel.members.find((id) => id !== state.me) ?? state.me;

export function userName(id) {
  if (id === state.app.bot_user_id) return state.app.name;
  const user = userOf(id);
  return user ? user.real_name || user.name : id;
}

export function channelName(id) {
  const channel = channelOf(id);
  if (!channel) return id;
  return channel.is_im ? userName(partnerIn(channel)) : channel.name;
}

export function authorOf(message) {
  const isApp = Boolean(message.bot_id) || message.user === state.app.bot_user_id;
  const id = message.user ?? message.bot_id;
  return { id, isApp, name: isApp ? state.app.name : userName(id) };
}

const readKey = (channel) => `read/${state.me}/${channel}`;

/** The newest message of a channel this person has seen; empty before the first visit. */
export const readUpTo = (channel) => localStorage.getItem(readKey(channel)) ?? "";

export function markRead(channel, ts) {
  if (ts && ts > readUpTo(channel)) localStorage.setItem(readKey(channel), ts);
}

export function isUnread(channel) {
  return Boolean(channel.last_ts) && channel.last_ts > readUpTo(channel.id);
}

/** Whether somebody acts as this person in an open page. */
export const isActive = (id) => (id === state.app.bot_user_id ? state.connected : state.active.includes(id));

/** The address carries who and where, so that reload and the back button lose nothing. */
export const addressOf = (person, place) => `#/${person}/${place}`;

export function placeFromAddress() {
  const [, person, place] = location.hash.split("/");
  return { person: person || null, place: place || null };
}
