/** What an operation answers, and the rejections that nobody has heard of by then. */
export async function withUnheard<Answer>(
  run: () => Promise<Answer>,
): Promise<{ answer: Answer; unheard: unknown[] }> {
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on('unhandledRejection', hear);
  try {
    const answer = await run();
    await new Promise(setImmediate);
    return { answer, unheard };
  } finally {
    process.off('unhandledRejection', hear);
  }
}
