import type { TextStorage } from './text-storage.js';

/** A sign-in as the browser keeps it. */
export interface StoredSession {
  /** `Session.id`: refreshed tokens belong to the same one. */
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const SESSION_KEY = 'portcullis.session';

/** Keeps the one session that all tabs share, and tells who listens when it begins, goes on with other tokens, or ends. */
export class SessionStore {
  private readonly listeners = new Set<() => void>();
  private known: { readonly text: string | null; readonly session: StoredSession | null } = {
    text: null,
    session: null,
  };

  constructor(private readonly storage: TextStorage) {}

  /** The same object until something changes. What is stored but is no session counts as none. */
  readonly read = (): StoredSession | null => {
    const text = this.storage.getItem(SESSION_KEY);
    if (text !== this.known.text) this.known = { text, session: parse(text) };
    return this.known.session;
  };

  begin({ id, accessToken, refreshToken }: StoredSession): void {
    this.storage.setItem(SESSION_KEY, JSON.stringify({ id, accessToken, refreshToken }));
    this.tell();
  }

  /** Puts new tokens in the place of those, unless somebody signed out or in meanwhile. */
  renew(old: StoredSession, tokens: Pick<StoredSession, 'accessToken' | 'refreshToken'>): void {
    if (this.read()?.refreshToken === old.refreshToken) this.begin({ id: old.id, ...tokens });
  }

  /** Forgets this session, unless another one has begun meanwhile. */
  end({ id }: StoredSession): void {
    if (this.read()?.id !== id) return;
    this.storage.removeItem(SESSION_KEY);
    this.tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Has everybody look again: another tab has written. */
  tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function parse(text: string | null): StoredSession | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isSession(value) ? value : null;
  } catch {
    return null;
  }
}

const isSession = (value: unknown): value is StoredSession =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  'accessToken' in value &&
  'refreshToken' in value &&
  [value.id, value.accessToken, value.refreshToken].every((part) => typeof part === 'string');
