/* Passkeys: <form data-passkey="sign-in|use|add" data-options='…'>. The browser signs what the
   server asks, the answer goes into [data-passkey-answer], and the form posts as any other. */
(() => {
  "use strict";

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => buffer
    ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
    : null;
  const known = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));

  const create = async (options, alone) => {
    const wish = { ...options.publicKey.authenticatorSelection, residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
    if (alone) { wish.userVerification = "required"; }
    const made = await navigator.credentials.create({
      publicKey: {
        ...options.publicKey,
        challenge: bytes(options.publicKey.challenge),
        user: { ...options.publicKey.user, id: bytes(options.publicKey.user.id) },
        excludeCredentials: known(options.publicKey.excludeCredentials),
        authenticatorSelection: wish,
      },
    });
    return {
      ...about(made),
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports?.() ?? [],
      },
    };
  };

  const use = async (options) => {
    const used = await navigator.credentials.get({
      publicKey: {
        ...options.publicKey,
        challenge: bytes(options.publicKey.challenge),
        allowCredentials: known(options.publicKey.allowCredentials),
      },
    });
    return {
      ...about(used),
      response: {
        clientDataJSON: text(used.response.clientDataJSON),
        authenticatorData: text(used.response.authenticatorData),
        signature: text(used.response.signature),
        userHandle: text(used.response.userHandle),
      },
    };
  };

  const about = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
  });

  const asked = async (form) => {
    if (form.dataset.options) { return JSON.parse(form.dataset.options); }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) { throw new Error("no options"); }
    return (await answer.json()).request_options;
  };

  const say = (form, error) => {
    const which = error?.name === "SecurityError" ? "address" : error?.name === "InvalidStateError" ? "known" : "failed";
    form.querySelectorAll("[data-passkey-said]").forEach((line) => { line.hidden = line.dataset.passkeySaid !== which; });
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    if (!window.PublicKeyCredential) {
      document.querySelectorAll("[data-passkey-none]").forEach((line) => { line.hidden = false; });
      return;
    }
    form.hidden = false;
    const button = form.querySelector("[data-passkey-go]");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const options = await asked(form);
        const alone = form.querySelector("[name=passwordless]")?.checked ?? false;
        const answer = form.dataset.passkey === "add" ? await create(options, alone) : await use(options);
        form.querySelector("[data-passkey-answer]").value = JSON.stringify(answer);
        form.submit();
      } catch (error) {
        button.disabled = false;
        say(form, error);
      }
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); button.click(); });
  });
})();
