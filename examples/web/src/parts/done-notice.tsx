import { useEffect, useRef, type ReactNode } from 'react';

/** Says what was done, and takes the focus: the button that did it may be gone. */
export function DoneNotice({ text }: { readonly text: ReactNode }) {
  const notice = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text !== null) notice.current?.focus();
  }, [text]);
  return (
    <p ref={notice} role="status" tabIndex={-1} className={text === null ? 'hidden' : 'notice notice-done'}>
      {text}
    </p>
  );
}
