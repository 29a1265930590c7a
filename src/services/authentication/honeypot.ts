/** A field that people never see. Whoever fills it in is a machine. */
export const isCaught = (website: string | null | undefined): boolean =>
  website !== null && website !== undefined && website !== '';
