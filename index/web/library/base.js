// What the scripts of this page share. Text of articles and files enters the page as text only, its
// controls made visible.
const base = (() => {
  const find = (id) => document.getElementById(id);
  const words = JSON.parse(find("words").textContent);
  const locale = { ja: "ja-JP", en: "en-GB", zh: "zh-CN" }[words.language];

  // As exports.legible does on the server.
  const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;
  const visible = (control) => {
    const code = control.codePointAt(0);
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    if (code < 0xa0 || code >= 0xd800) return "\ufffd";
    return `‹U+${code.toString(16).toUpperCase()}›`;
  };
  const legible = (text) =>
    String(text ?? "")
      .replace(/[^\S\u3000]+/g, " ")
      .trim()
      .replace(CONTROL, visible);

  const number = new Intl.NumberFormat(locale);
  const day = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  const minute = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const spelled = (format, iso) => (iso && !isNaN(Date.parse(iso)) ? format.format(new Date(iso)) : "");
  const size = (bytes) =>
    bytes < 1e6 ? `${number.format(Math.ceil(bytes / 1e3))} KB` : `${number.format(Math.round(bytes / 1e5) / 10)} MB`;

  // Fills the names in braces; a value is never read as a sentence itself.
  const say = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (_, name) =>
      typeof values[name] === "number" ? number.format(values[name]) : legible(values[name]),
    );

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // Says it only when it is new, so that a screen reader does not hear it each second.
  const tell = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  const address = (id) => `/article/${encodeURIComponent(id)}`;

  return {
    address,
    day: (iso) => spelled(day, iso),
    find,
    legible,
    make,
    minute: (iso) => spelled(minute, iso),
    number: (value) => number.format(value),
    say,
    size,
    tell,
    words,
  };
})();
