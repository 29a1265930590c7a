/** As much of the browser's `Storage` as is needed. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/**
 * The storage that is opened, or null where the browser lets the page have none, as with cookies blocked:
 * https://html.spec.whatwg.org/multipage/webstorage.html#dom-localstorage-dev
 */
export function tryStorage(open: () => TextStorage): TextStorage | null {
  try {
    return open();
  } catch {
    return null;
  }
}

/** Keeps texts until the page is left. */
export class MemoryStorage implements TextStorage {
  private readonly texts = new Map<string, string>();

  getItem(key: string): string | null {
    return this.texts.get(key) ?? null;
  }

  setItem(key: string, text: string): void {
    this.texts.set(key, text);
  }

  removeItem(key: string): void {
    this.texts.delete(key);
  }
}
