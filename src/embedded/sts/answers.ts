/** The answers of STS, in JSON for who asks for it, else in XML, as the Query protocol has them. */
export interface StsResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface AnswerForm {
  readonly requestId: string;
  /** The `Accept` of the request. */
  readonly accept: string | undefined;
}

type Tree = { readonly [name: string]: string | Tree };

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function identityAnswer(
  identity: { readonly Account: string; readonly Arn: string; readonly UserId: string },
  form: AnswerForm,
): StsResponse {
  const ResponseMetadata = { RequestId: form.requestId };
  const content = { GetCallerIdentityResult: identity, ResponseMetadata };
  return answer(200, 'GetCallerIdentityResponse', content, { GetCallerIdentityResponse: content }, form);
}

export function faultAnswer(
  statusCode: number,
  fault: { readonly Code: string; readonly Message: string },
  form: AnswerForm,
): StsResponse {
  const content = { Error: { Type: 'Sender', ...fault }, RequestId: form.requestId };
  return answer(statusCode, 'ErrorResponse', content, content, form);
}

function answer(
  statusCode: number,
  root: string,
  content: Tree,
  inJson: Tree,
  { requestId, accept = '' }: AnswerForm,
): StsResponse {
  const isJson = accept.includes('application/json');
  return {
    statusCode,
    headers: { 'content-type': isJson ? 'application/json' : 'text/xml', 'x-amzn-RequestId': requestId },
    body: isJson ? JSON.stringify(inJson) : `<${root} xmlns="${NAMESPACE}">${toXml(content)}</${root}>`,
  };
}

const toXml = (tree: Tree): string =>
  Object.entries(tree)
    .map(
      ([name, value]) => `<${name}>${typeof value === 'string' ? escapeXml(value) : toXml(value)}</${name}>`,
    )
    .join('');

const escapeXml = (value: string): string =>
  value.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
