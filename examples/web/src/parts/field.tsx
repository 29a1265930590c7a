import { useId, type ComponentProps } from 'react';

export interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string;
  readonly hint?: string;
}

/** An input with its label, and what helps to fill it in. */
export function Field({ label, hint, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} required {...input} {...(hint !== undefined && { 'aria-describedby': `${id}-hint` })} />
      {hint !== undefined && (
        <small id={`${id}-hint`} className="quiet">
          {hint}
        </small>
      )}
    </div>
  );
}

/** Six digits of an authenticator, or as many as were sent. */
export function CodeField({ hint }: { readonly hint?: string }) {
  return (
    <Field
      label="Code"
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[\s0-9]+"
      title="Digits alone"
      className="code"
      autoFocus
      {...(hint !== undefined && { hint })}
    />
  );
}
