/** Elements and their keyed lists: what a panel needs of a framework. Nothing is ever set as HTML or as a style. */
type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (`true` is an empty one, `undefined` and `false` are none) and children. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  fill(element, attributes, children);
  return element;
}

/** The same, of a drawing. */
export function s<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  fill(element, attributes, children);
  return element;
}

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
}

/** Sets a text if it is another: what does not change is not drawn again, nor read out again. */
export function say(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A list whose elements stay for as long as what they show. */
export interface Rows<Item> {
  readonly element: HTMLElement;
  show(items: readonly Item[]): void;
}

/**
 * @param keyOf - what stays the same about an item.
 * @param versionOf - what its element is made of: it is made anew when this is another.
 */
export function rows<Item>(
  element: HTMLElement,
  keyOf: (item: Item) => string,
  versionOf: (item: Item) => string,
  draw: (item: Item) => HTMLElement,
): Rows<Item> {
  let known = new Map<string, { readonly version: string; readonly row: HTMLElement }>();
  return {
    element,
    show(items) {
      const next = new Map<string, { readonly version: string; readonly row: HTMLElement }>();
      for (const item of items) {
        const [key, version] = [keyOf(item), versionOf(item)];
        const before = known.get(key);
        next.set(key, before?.version === version ? before : { version, row: draw(item) });
      }
      for (const [key, { row }] of known) if (next.get(key)?.row !== row) row.remove();
      known = next;
      let place: Element | null = element.firstElementChild;
      for (const { row } of next.values()) {
        if (row === place) place = place.nextElementSibling;
        else element.insertBefore(row, place);
      }
    },
  };
}
