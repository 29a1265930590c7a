/** Answers the benchmark's messages, one after the other. */
export function answer<Message>(handle: (message: Message) => Promise<unknown>): void {
  process.on('message', (message) => {
    void handle(message as Message).then((answered) => process.send?.(answered as object));
  });
}
