export function Brand() {
  return (
    <p className="brand">
      <img src="/portcullis.svg" alt="" width="28" height="28" />
      Portcullis
    </p>
  );
}
