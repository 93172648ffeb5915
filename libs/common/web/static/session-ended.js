// The session is over in this tab: the others ask the server whether theirs is too.
if ("BroadcastChannel" in window) new BroadcastChannel("portal-session").postMessage({ kind: "ended" });
