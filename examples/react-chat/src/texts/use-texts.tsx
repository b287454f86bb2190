import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { createFormats, type Formats } from "../lib/formats.ts";
import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";

const languages = { en, de } as const;
type Language = keyof typeof languages;

interface Words {
  readonly t: Texts;
  readonly format: Formats;
  readonly language: Language;
  readonly setLanguage: (language: string) => void;
}

const WordsContext = createContext<Words | undefined>(undefined);
const query = new URLSearchParams(location.search);

/** The texts in the person's language. `?lang=de` chooses one, `?dir=rtl` turns the page round. */
export function TextsProvider({ children }: { readonly children: ReactNode }) {
  const [wanted, setLanguage] = useState(query.get("lang") ?? navigator.language);
  const words = useMemo(() => {
    const language = languageOf(wanted);
    // Times as the person writes them, if that is the language shown: en-GB rather than en.
    const locale = navigator.language.startsWith(language) ? navigator.language : language;
    return { t: languages[language], format: createFormats(locale), language, setLanguage };
  }, [wanted]);
  const { language } = words;
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = query.get("dir") === "rtl" ? "rtl" : "ltr";
  }, [language]);
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}

export function useTexts(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("unable to find texts; there is no TextsProvider above");
  return words;
}

/** In their own words. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

function languageOf(locale: string): Language {
  return locale.startsWith("de") ? "de" : "en";
}
