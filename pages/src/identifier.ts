/** Identifiers of licences (GB/T 36904-2018), and their packed form in codes (docs/code-format.md). */

export const ROOT = "1.2.156.3005.2";

const UPPER = /^[0-9A-Z]+$/;
/** GB 32100: the 31 characters of a credit code, and the weights of the first 17. */
const CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/** GB 11714: weights of the eight characters of an organisation code. */
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const PACKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.";

export interface Identifier {
  readonly text: string;
  /** Credit code of the defining body, and a sequence of three. */
  readonly typeCode: string;
  /** Credit code of the issuing body, or something shorter. */
  readonly issuer: string;
}

/** ISO/IEC 7064 MOD 37,36; of digits and upper-case letters. */
const check37 = (text: string): string => {
  let p = 36;
  for (const one of text) p = (((p + parseInt(one, 36)) % 36 || 36) * 2) % 37;
  return ((37 - p) % 36).toString(36).toUpperCase();
};

export const isCreditCode = (text: string): boolean => {
  const values = Array.from(text, (one) => CREDIT.indexOf(one));
  if (text.length !== 18 || values.includes(-1) || !/^..[0-9]{6}/.test(text)) return false;
  const organisation = ORGANISATION_WEIGHTS.reduce((sum, weight, at) => sum + weight * parseInt(text.charAt(8 + at), 36), 0);
  const sum = WEIGHTS.reduce((sum, weight, at) => sum + weight * (values[at] as number), 0);
  const digit = 11 - (organisation % 11);
  return text[16] === (digit === 10 ? "X" : String(digit % 11)) && text[17] === CREDIT[(31 - (sum % 31)) % 31];
};

/** Six digits of the region of a credit code, where they have the shape of one. */
export const regionOf = (creditCode: string): string | null => {
  const region = creditCode.slice(2, 8);
  const isShaped = /^[1-9][0-9]{5}$/.test(region) && (region.endsWith("00") || !region.startsWith("00", 2));
  return isShaped ? region : null;
};

export const identifierOf = (text: string): Identifier | null => {
  if (text.length > 128 || !text.startsWith(`${ROOT}.`)) return null;
  const parts = text.split(".");
  const [typeCode, issuer, serial, version, check] = parts.slice(5);
  if (parts.length !== 10 || !typeCode || !issuer || !serial || !version || !check) return null;
  const isSound =
    typeCode.length === 21 && isCreditCode(typeCode.slice(0, 18)) && UPPER.test(typeCode) &&
    (issuer.length === 18 ? isCreditCode(issuer) : issuer.length < 18 && UPPER.test(issuer)) &&
    UPPER.test(serial) && /^[0-9]{3}$/.test(version) && version !== "000" &&
    check === check37(typeCode + issuer + serial + version);
  return isSound ? { text, typeCode, issuer } : null;
};

/** The identifier of a packed form; null for what is none. */
export const unpacked = (octets: Uint8Array): Identifier | null => {
  if (octets.length === 0 || octets.length % 2 !== 0) return null;
  let text = "";
  for (let at = 0; at < octets.length; at += 2) {
    const number = ((octets[at] as number) << 8) | (octets[at + 1] as number);
    if (number >= 37 ** 3) return null;
    text += PACKED.charAt(Math.floor(number / 37 ** 2)) + PACKED.charAt(Math.floor(number / 37) % 37) + PACKED.charAt(number % 37);
  }
  const parts = text.replace(/\.+$/, "");
  if (text.length - parts.length > 2) return null;
  return identifierOf(`${ROOT}.${parts}.${check37(parts.replace(/\./g, ""))}`);
};
