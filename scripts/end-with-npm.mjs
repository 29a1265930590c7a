const CHECK_MS = 250;

/**
 * Ends this process as SIGTERM would when npm, which started it, is ended.
 *
 * npm runs a script below a shell and passes a signal on to that shell alone. The shell dies of it without a word to
 * the service, which would keep running with its port and its data. What it notices is that it has another parent.
 */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_MS);
  timer.unref();
}
