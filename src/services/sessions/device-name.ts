import Bowser from 'bowser';

/**
 * Browser, its major version, the system and, where it is no desktop, the kind of device, read from a user agent, such as
 * "Firefox 140 on Linux" or "Safari 18 on iOS (mobile)". Null where nothing is recognised; clients can claim anything here, so it is for people to read and never for decisions.
 */
export function deviceName(userAgent: string | null): string | null {
  if (userAgent === null || userAgent === '') return null;
  const { browser, os, platform } = Bowser.parse(userAgent);
  if (browser.name === undefined || browser.name === '') return null;
  const version = browser.version?.split('.')[0];
  const client = version === undefined ? browser.name : `${browser.name} ${version}`;
  const device = os.name === undefined ? client : `${client} on ${os.name}`;
  return platform.type === undefined || platform.type === 'desktop' ? device : `${device} (${platform.type})`;
}
