/** The ciphers of `encryptedStorage`: WebCrypto alone, nothing of our own. */
import type { StorageKey } from "@tidings/core";
import { toName } from "./text.ts";

/** 32 random bytes or more, or the same imported for HKDF with the usage `deriveBits`, from where nobody gets them back. */
export type EncryptionKey = Uint8Array<ArrayBuffer> | CryptoKey;

/** What one data key locks and unlocks. */
export interface Vault {
  /** Parts of a key, each as a text that tells nothing but where the same part stood before. */
  blind(key: StorageKey): Promise<StorageKey>;
  seal(text: string, place: StorageKey): Promise<Bytes>;
  /** Rejects if one bit is not as it was, or it stood elsewhere. */
  unseal(sealed: unknown, place: StorageKey): Promise<string>;
}

type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A GCM nonce: random, and never used for more than some millions of values under one key (NIST SP 800-38D, 8.3). */
const NONCE_BYTES = 12;

function derive(secret: CryptoKey, purpose: string): Promise<ArrayBuffer> {
  const info = encoder.encode(`tidings ${purpose}`);
  return crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info },
    secret,
    256,
  );
}

async function secretOf(key: EncryptionKey): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return key;
  if (key.length < 32) throw new Error("a key has 32 bytes or more, of a random source or a KDF");
  return crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
}

async function cipherOf(bytes: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function encrypt(cipher: CryptoKey, data: BufferSource, place: string): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const additionalData = encoder.encode(place);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, cipher, data);
  const whole = new Uint8Array(iv.length + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), iv.length);
  return whole;
}

async function decrypt(cipher: CryptoKey, sealed: unknown, place: string): Promise<ArrayBuffer> {
  if (!(sealed instanceof Uint8Array)) throw new Error("it is not encrypted");
  const whole = new Uint8Array(sealed);
  const additionalData = encoder.encode(place);
  const iv = whole.subarray(0, NONCE_BYTES);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, cipher, whole.subarray(NONCE_BYTES));
}

/** The data key of a store that `key` is the first to open. Not random, so that two tabs that begin at once agree. */
export async function firstDataKey(key: EncryptionKey): Promise<ArrayBuffer> {
  return derive(await secretOf(key), "data");
}

const KEYRING = "keyring";

/** The data key, locked by the app's. */
export async function lock(dataKey: ArrayBuffer, key: EncryptionKey): Promise<Bytes> {
  return encrypt(await cipherOf(await derive(await secretOf(key), KEYRING)), dataKey, KEYRING);
}

/** Undefined if the key is another. */
export async function unlock(locked: unknown, key: EncryptionKey): Promise<ArrayBuffer | undefined> {
  const cipher = await cipherOf(await derive(await secretOf(key), KEYRING));
  return decrypt(cipher, locked, KEYRING).catch(() => undefined);
}

export async function openVault(dataKey: ArrayBuffer): Promise<Vault> {
  const secret = await crypto.subtle.importKey("raw", dataKey, "HKDF", false, ["deriveBits"]);
  const cipher = await cipherOf(await derive(secret, "values"));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const blinder = await crypto.subtle.importKey("raw", await derive(secret, "keys"), hmac, false, ["sign"]);
  const mark = async (key: StorageKey): Promise<string> => {
    const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", blinder, encoder.encode(toName(key))));
    return Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  return {
    blind: (key) => Promise.all(key.map((_, index) => mark(key.slice(0, index + 1)))),
    seal: (text, place) => encrypt(cipher, encoder.encode(text), toName(place)),
    unseal: async (sealed, place) => decoder.decode(await decrypt(cipher, sealed, toName(place))),
  };
}
