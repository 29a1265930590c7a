import { inject } from 'vitest';

import './provided-context.js';

/**
 * Asks the main process for something that the test files share.
 *
 * @throws Error with the one line that says why it cannot be had
 */
export async function sharedThing(name: 'redis' | 'postgresql' | 'template' | 'chromium'): Promise<string> {
  const response = await fetch(`${inject('testServers')}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
