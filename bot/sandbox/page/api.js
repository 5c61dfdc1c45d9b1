/** Speaks to the pretend Slack's control API and nothing else. */

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  return { ...body, ok: false, notice: body.notice ?? body.error ?? `The sandbox answered ${response.status}.` };
}

export async function get(name, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined));
  const response = await fetch(`/control/${name}?${query}`);
  if (!response.ok) throw new Error(`GET ${name}: ${response.status}`);
  return response.json();
}

/** Posts and returns the answer; a sandbox that is away becomes `{ok: false, notice}`. */
export async function post(name, body) {
  try {
    const headers = { "Content-Type": "application/json" };
    return await answer(await fetch(`/control/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
  } catch {
    return { ok: false, notice: "The sandbox does not answer. Is it still running?" };
  }
}

/** Hears what happens for one person until closed. `onBack` runs when the stream returns after a break. */
export function listen(as, { onEvent, onBreak, onBack }) {
  const source = new EventSource(`/control/stream?as=${encodeURIComponent(as)}`);
  let broken = false;
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => {
    broken = true;
    onBreak();
  };
  source.onopen = () => {
    if (broken) onBack();
    broken = false;
  };
  return () => source.close();
}
