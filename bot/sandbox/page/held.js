/** The state of stateful elements, in the form Slack sends it (`state.values`). */
import { state } from "./state.js";

const optionsOf = (element) => element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);
const here = (element) => (element.default_to_current_conversation && state.place.kind === "channel" ? state.place.id : null);
const listed = (element, value) => optionsOf(element).find((option) => option.value === value);

const INITIAL = {
  plain_text_input: (element) => ({ value: element.initial_value ?? null }),
  email_text_input: (element) => ({ value: element.initial_value ?? null }),
  url_text_input: (element) => ({ value: element.initial_value ?? null }),
  number_input: (element) => ({ value: element.initial_value ?? null }),
  rich_text_input: (element) => ({ rich_text_value: element.initial_value ?? null }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null, ...(element.timezone && { timezone: element.timezone }) }),
  datetimepicker: (element) => ({ selected_date_time: element.initial_date_time ?? null }),
  radio_buttons: (element) => ({ selected_option: element.initial_option ?? null }),
  checkboxes: (element) => ({ selected_options: element.initial_options ?? [] }),
  static_select: (element) => ({ selected_option: listed(element, element.initial_option?.value) ?? null }),
  external_select: (element) => ({ selected_option: element.initial_option ?? null }),
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  channels_select: (element) => ({ selected_channel: element.initial_channel ?? null }),
  conversations_select: (element) => ({ selected_conversation: element.initial_conversation ?? here(element) }),
  multi_static_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_external_select: (element) => ({ selected_options: element.initial_options ?? [] }),
  multi_users_select: (element) => ({ selected_users: element.initial_users ?? [] }),
  multi_channels_select: (element) => ({ selected_channels: element.initial_channels ?? [] }),
  multi_conversations_select: (element) => ({ selected_conversations: element.initial_conversations ?? [here(element)].filter(Boolean) }),
  file_input: () => ({ files: [] }),
};

const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
const valueOf = ({ type: _type, timezone: _zone, ...fields }) => Object.values(fields)[0];

/** One element's state; what was typed survives a redraw under the same block_id and action_id, as in Slack. */
export function hold(ctx, block, element) {
  const kept = ctx.kept?.[block.block_id]?.[element.action_id];
  const first = { type: element.type, ...INITIAL[element.type](element) };
  // Only the page knows where the person is: to the sandbox "the current conversation" is nothing chosen yet.
  const unasked = kept && element.default_to_current_conversation && isEmpty(valueOf(kept));
  let held = kept?.type === element.type && !unasked ? kept : first;
  const store = () => {
    ctx.values[block.block_id] = { ...ctx.values[block.block_id], [element.action_id]: held };
  };
  store();
  const keep = (fields) => {
    held = { type: element.type, ...fields };
    store();
  };
  return {
    get state() { return held; },
    keep,
    /** Keeps and, where Slack would, tells the bot. */
    choose(fields, node) {
      keep(fields);
      if (block.type !== "input" || block.dispatch_action) ctx.act(block, element, fields, node);
    },
  };
}

const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

function wrong(element, value) {
  const length = String(value).length;
  if (element.min_length && length < element.min_length) return `Please use at least ${element.min_length} characters.`;
  const most = element.max_length ?? (element.type === "plain_text_input" ? 3000 : Infinity);
  if (length > most) return `Please use ${most} characters or fewer.`;
  if (element.type === "email_text_input" && !EMAIL.test(value)) return "Please enter a valid email address.";
  if (element.type === "url_text_input" && !URL.canParse(value)) return "Please enter a valid URL.";
  if (element.type === "number_input") return wrongNumber(element, value);
  return null;
}

function wrongNumber(element, value) {
  if (Number.isNaN(Number(value))) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(Number(value))) return "Please enter a whole number.";
  if (element.min_value !== undefined && Number(value) < Number(element.min_value)) return `Please enter a number no smaller than ${element.min_value}.`;
  if (element.max_value !== undefined && Number(value) > Number(element.max_value)) return `Please enter a number no larger than ${element.max_value}.`;
  return null;
}

/** What Slack itself refuses before it asks the bot: `{block_id: sentence}`. */
export function missing(blocks, values) {
  const errors = {};
  for (const block of blocks.filter((each) => each.type === "input")) {
    const value = valueOf(values[block.block_id]?.[block.element.action_id] ?? {});
    const error = isEmpty(value) ? !block.optional && "Please complete this required field." : wrong(block.element, value);
    if (error) errors[block.block_id] = error;
  }
  return errors;
}
