/** Tells the benchmark that this process is ready, and whatever it needs to know of it. */
export function announce(details: unknown): void {
  // Whoever asked is gone, be it by kill -9.
  process.once('disconnect', () => process.exit());
  process.stdout.write(`ready ${JSON.stringify(details)}\n`);
}
