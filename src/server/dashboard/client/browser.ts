/**
 * The part of the DOM that the page uses. The DOM's own types would make its globals (`name`, `status`, `close`, ...)
 * known in all of the server's code; a test checks these here against them.
 */
interface PageNode {
  readonly nodeType: number;
  textContent: string | null;
}

export interface PageElement extends PageNode {
  className: string;
  readonly dataset: Record<string, string | undefined>;
  readonly clientWidth: number;
  replaceChildren(...nodes: (PageNode | string)[]): void;
  append(...nodes: (PageNode | string)[]): void;
  setAttribute(name: string, value: string): void;
}

interface PageDocument {
  readonly hidden: boolean;
  readonly documentElement: PageElement;
  title: string;
  getElementById(id: string): PageElement | null;
  createElement(tag: 'li' | 'span' | 'strong'): PageElement;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
}

interface ColourScheme {
  addEventListener(type: 'change', listener: () => void): void;
}

export interface PageWindow {
  readonly document: PageDocument;
  readonly location: { readonly host: string };
  readonly ResizeObserver: new (callback: () => void) => { observe(element: PageNode): void };
  matchMedia(query: string): ColourScheme;
  getComputedStyle(element: PageNode): { getPropertyValue(name: string): string };
}

declare const window: PageWindow;

export const browser: PageWindow = window;

/** The element that the page's HTML has under this id. Throws Error when it has none. */
export function byId(id: string): PageElement {
  const element = browser.document.getElementById(id);
  if (element === null) throw new Error(`Expected an element #${id}`);
  return element;
}

/** Text is compared first: what is not changed is not announced, nor laid out, again. */
export function setText(element: PageElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
