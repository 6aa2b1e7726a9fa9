/** What every React kit's page needs: the lines of the desk, drawn again when one comes. */
import { useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { desk } from "../hub.js";

/** @returns {{id: string, from: "shopper" | "agent", text: string}[]} */
export const useLines = () => useSyncExternalStore(desk.onChange, desk.lines);

/** @param {import("react").ComponentType} Page */
export const drawn = (Page) => createRoot(document.getElementById("root")).render(<Page />);
