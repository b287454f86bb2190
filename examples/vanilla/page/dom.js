/** The few helpers a page without a framework needs. Text is only ever set as text, never as HTML. */

/**
 * The element with this id.
 * @template {Element} T @param {string} id @param {new () => T} type @returns {T}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`unable to find #${id}; the page has no such ${type.name}`);
}

/**
 * The first element inside `root` that matches.
 * @template {Element} T @param {ParentNode} root @param {string} selector @param {new () => T} type @returns {T}
 */
export function part(root, selector, type) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`unable to find ${selector}; the page has no such ${type.name}`);
}

/** A copy of the one element of a template. @param {string} id */
export function fromTemplate(id) {
  const first = byId(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (first instanceof HTMLElement) return first;
  throw new Error(`unable to copy #${id}; it is empty`);
}

/** @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} children */
export function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Sets or removes an attribute. @param {Element} on @param {string} name @param {string | undefined} value */
export function setAttribute(on, name, value) {
  if (value === undefined) on.removeAttribute(name);
  else if (on.getAttribute(name) !== value) on.setAttribute(name, value);
}

/** @param {Element} on @param {string} text */
export function setText(on, text) {
  if (on.textContent !== text) on.textContent = text;
}

/** What each list shows: its rows and elements, by key. @type {WeakMap<Element, Map<string, { row: unknown, shown: HTMLElement }>>} */
const lists = new WeakMap();

/**
 * Makes the children of `parent` show `rows`: an element is made once per key, kept while its key is there, and filled
 * again only when its row has changed.
 * @template {{ readonly key: string }} Row
 * @param {Element} parent
 * @param {readonly Row[]} rows
 * @param {{ make: (row: Row) => HTMLElement, fill: (shown: HTMLElement, row: Row) => void, isSame: (a: Row, b: Row) => boolean }} how
 */
export function showRows(parent, rows, { make, fill, isSame }) {
  const before = /** @type {Map<string, { row: Row, shown: HTMLElement }>} */ (
    lists.get(parent) ?? new Map()
  );
  const after = new Map();
  for (const row of rows) {
    const known = before.get(row.key);
    const shown = known?.shown ?? make(row);
    if (!known || !isSame(known.row, row)) fill(shown, row);
    after.set(row.key, { row, shown });
  }
  for (const [key, { shown }] of before) if (!after.has(key)) shown.remove();
  let next = parent.firstElementChild;
  for (const { shown } of after.values()) {
    if (shown === next) next = shown.nextElementSibling;
    else parent.insertBefore(shown, next);
  }
  lists.set(parent, after);
}

/**
 * Calls `show` now and after every change.
 * @template T @param {{ get(): T, subscribe(listener: (value: T) => void): () => void }} observable
 * @param {(value: T) => void} show @returns {() => void} ends it
 */
export function watch(observable, show) {
  show(observable.get());
  return observable.subscribe(show);
}

/**
 * Arrow keys move the focus among `items()`, Home and End go to the ends. From outside, back leads to the last.
 * @param {HTMLElement} list @param {() => HTMLElement[]} items @param {{ next: string, previous: string }} keys
 */
export function moveWithArrows(list, items, keys) {
  list.addEventListener("keydown", (event) => {
    const all = items();
    const found = all.findIndex((item) => item.contains(document.activeElement));
    const at = found < 0 && event.key === keys.previous ? all.length : found;
    const to = { [keys.next]: at + 1, [keys.previous]: at - 1, Home: 0, End: all.length - 1 }[event.key];
    const target = to === undefined ? undefined : all[to];
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}
