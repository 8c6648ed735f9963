/* Security keys: what the server asks for is handed to the browser, and its answer is sent with
   the form. data-key: create or get; data-options: what the server asks for.
   Not deferred: whoever presses the button as soon as it is there must be asked for the key. */
(() => {
  const SORRY = {
    none: "このブラウザーでは、セキュリティキーを使えません。",
    InvalidStateError: "このセキュリティキーは、すでに設定されています。",
    NotAllowedError: "取り消されたか、時間がたちました。もう一度、ボタンを押してください。",
  };
  const FAILED = "セキュリティキーを確かめられませんでした。もう一度試してください。";

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };

  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = ({ publicKey }) => {
    const wanted = { ...publicKey, challenge: bytes(publicKey.challenge) };
    if (wanted.user) wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
    if (wanted.excludeCredentials) wanted.excludeCredentials = named(wanted.excludeCredentials);
    if (wanted.allowCredentials) wanted.allowCredentials = named(wanted.allowCredentials);
    return { publicKey: wanted };
  };

  const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

  const answered = (credential) => {
    const response = {};
    PARTS.forEach((part) => {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    });
    return JSON.stringify({
      type: credential.type,
      id: credential.id,
      rawId: text(credential.rawId),
      authenticatorAttachment: credential.authenticatorAttachment,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  const send = async (form, told) => {
    if (!window.PublicKeyCredential) throw { name: "none" };
    const wanted = asked(JSON.parse(form.dataset.options));
    const credential = await navigator.credentials[form.dataset.key](wanted);
    form.elements.credential.value = answered(credential);
    told.textContent = "";
    form.submit();
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-key]")) return;
    const name = form.elements.name;
    if (name && !name.value.trim()) return;
    event.preventDefault();
    const told = form.querySelector("[data-told]");
    send(form, told).catch((error) => {
      told.textContent = SORRY[error.name] || FAILED;
    });
  });
})();
