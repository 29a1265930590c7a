import { EMBEDDED_REGION } from './in-process-client.js';
import type { SeededServices } from './seed-services.js';
import type { StsEngine } from './sts/index.js';

/** What services call this service in what they sign, where it is its own AWS. */
export const EMBEDDED_AUDIENCE = 'portcullis';

/**
 * The services that were seeded, and how they prove themselves: their requests are signed for AWS, as anywhere, and
 * answered in this process.
 *
 * @param audienceHeader the header that names the audience
 */
export function embeddedServices(
  {
    seededServices: { services },
    stsEngine,
  }: { readonly seededServices: SeededServices; readonly stsEngine: StsEngine },
  audienceHeader: string,
) {
  return {
    clients: new Map(services.map(({ clientId, name }) => [clientId, name])),
    iam: {
      roles: new Map(services.map(({ arn, name }) => [arn, name])),
      origins: [`https://sts.${EMBEDDED_REGION}.amazonaws.com`, 'https://sts.amazonaws.com'],
      sts: inProcessSts(stsEngine, { [audienceHeader]: EMBEDDED_AUDIENCE }),
    },
  };
}

const inProcessSts =
  (engine: StsEngine, headers: Readonly<Record<string, string>>) =>
  async (url: string): Promise<{ status: number; body: string }> => {
    const { host, search } = new URL(url);
    const { statusCode, body } = await engine.answer({
      method: 'GET',
      query: search.slice(1),
      headers: { ...headers, host, accept: 'application/json' },
    });
    return { status: statusCode, body };
  };
