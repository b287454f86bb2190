import { createContext } from "react";

/** Whatever else asks the server says so who one is. */
export const AuthContext = createContext<() => string>(() => "");
