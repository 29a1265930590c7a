const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C may come twice: from the terminal, and from npm, which passes it on. */
const ECHO_MS = 500;

/** Waits for a signal to end. While that takes its time, another one ends this process at once. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isHeard = false;
    const hear = () => {
      if (isHeard) return;
      isHeard = true;
      resolve();
      setTimeout(() => {
        for (const name of SIGNALS) process.on(name, () => process.exit(1));
        process.stdout.write('It is ending. Another Ctrl-C does not wait.\n');
      }, ECHO_MS).unref();
    };
    for (const name of SIGNALS) process.on(name, hear);
  });
}
