import { ConfigError } from '../config.js';
import { PolicyFilesError } from '../services/cedar/policy-files.js';

/** What an error of the operating system carries (https://nodejs.org/api/errors.html#class-systemerror). */
type SystemError = Error & {
  readonly code: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
};

/** What the errors of a folder mean to whoever chose it. */
const FOLDER_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'its file system is read-only',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'it cannot be made there',
  ENOSPC: 'its disk is full',
};

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: choose another',
  EACCES: 'this user may not listen there: choose another',
  EADDRNOTAVAIL: 'it is not an address of this machine: choose another',
  ENOTFOUND: 'it is not the name of any machine: choose another',
};

/** What of the configuration an explanation names. */
export interface Choices {
  /** Absolute. */
  readonly dataDir: string;
  /** The variable that chose a port: `PORT` unless there are several. */
  readonly portVariable?: (port: number | undefined) => string;
  /** The variable that chose a host: `HOST` unless there are several. */
  readonly hostVariable?: (host: string | undefined) => string;
}

/** What the operator can mend, in plain words and with the variable that mends it; else the error's own message. */
export function explainFailure(error: unknown, choices?: Choices): string {
  if (error instanceof PolicyFilesError) return `The policies are wrong:\n${error.message}`;
  if (error instanceof ConfigError || !isSystemError(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  return explainListening(error, choices) ?? explainFolder(error, choices) ?? error.message;
}

function explainListening(
  { code, syscall, address = '', hostname, port }: SystemError,
  choices: Choices | undefined,
): string | undefined {
  const fault = LISTEN_FAULTS[code];
  if ((syscall !== 'listen' && syscall !== 'getaddrinfo') || fault === undefined) return undefined;
  const isHost = code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND';
  const variable = isHost
    ? (choices?.hostVariable?.(hostname ?? address) ?? 'HOST')
    : (choices?.portVariable?.(port) ?? 'PORT');
  const where = port === undefined ? address : `${address}:${port}`;
  return `It cannot listen${where === '' ? '' : ` on ${where}`}: ${fault} ${variable}.`;
}

function explainFolder({ code, path }: SystemError, choices: Choices | undefined): string | undefined {
  const fault = FOLDER_FAULTS[code];
  if (path === undefined || fault === undefined || !choices || !isRelated(path, choices.dataDir)) {
    return undefined;
  }
  return `It cannot keep its data in ${choices.dataDir}: ${fault}. Choose another DATA_DIR (${code}: ${path}).`;
}

/** Is it the folder, or within it, or one that it is in? */
const isRelated = (path: string, folder: string): boolean =>
  `${path}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${path}/`);

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
