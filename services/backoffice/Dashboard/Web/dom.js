// Builds the page. Text goes in as text nodes only: nothing here, or anywhere in the dashboard, parses markup.

/** An element. Properties are set as such; `data` are data attributes; children are nodes, text, lists of these, or null and false for none. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { data, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, data);
  element.append(...children.flat(Infinity).filter(child => child != null && child !== false).map(child => child instanceof Node ? child : String(child)));
  return element;
}

export const byId = id => document.getElementById(id);

/** A link, when the address is one of the web; else its text: an event can carry any address, such as javascript:. */
export function link(address) {
  const text = String(address);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return h('span', { className: 'address' }, text);
  return h('a', { className: 'address', href: url.href, target: '_blank', rel: 'noopener noreferrer' }, text.replace(/^https?:\/\//, '').replace(/\/$/, ''));
}

/** What a command printed; colour codes of terminals are left out. */
export const output = lines => h('pre', { tabIndex: 0 }, lines.map(String).join('\n').replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ''));

/**
 * Shows a list, one element an item, and leaves alone what has not changed, so that what is unfolded, selected or focused stays so.
 * `build` makes the element of an item; `keyOf` tells items apart.
 */
export function list(parent, keyOf, build) {
  let shown = new Map();
  return items => {
    const next = new Map();
    for (const item of items) {
      const [key, text] = [keyOf(item), JSON.stringify(item)];
      const old = shown.get(key);
      next.set(key, old?.text === text ? old : { text, element: successor(old?.element, build(item)) });
    }
    for (const [key, { element }] of shown) {
      if (next.get(key)?.element !== element)
        element.remove();
    }
    let place = parent.firstElementChild;
    for (const { element } of next.values()) {
      if (element === place)
        place = place.nextElementSibling;
      else
        parent.insertBefore(element, place);
    }
    shown = next;
  };
}

function successor(old, element) {
  if (!old)
    return element;
  if ('open' in old)
    element.open = old.open;
  if (old.contains(document.activeElement))
    queueMicrotask(() => element.querySelector('summary, a')?.focus());
  return element;
}
