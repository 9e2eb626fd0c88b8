import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { toFailure, send } from "../send.js";

interface DataLinkProps {
  /** Of data, below `/api/`. */
  href: string;
  title?: string;
  /** Saved as a file; else shown in a new tab. */
  isFile?: boolean;
  children: ComponentChildren;
}

/**
 * A link to data. A browser that follows it sends no session, so that the address gets a ticket,
 * for once.
 */
export function DataLink({ href, title, isFile = false, children }: DataLinkProps) {
  const [problem, setProblem] = useState("");
  const follow = async (): Promise<void> => {
    const { ticket } = await send<{ ticket: string }>("/api/tickets", { address: href });
    const link = document.createElement("a");
    link.href = `${href}${href.includes("?") ? "&" : "?"}ticket=${ticket}`;
    if (isFile) link.download = "";
    else Object.assign(link, { target: "_blank", rel: "noreferrer" });
    link.click();
  };
  const onClick = (event: MouseEvent): void => {
    event.preventDefault();
    setProblem("");
    follow().catch((error: unknown) => setProblem(toFailure(error).message));
  };
  return (
    <>
      <a href={href} title={title} onClick={onClick}>
        {children}
      </a>
      {problem !== "" && <span role="alert">{problem}</span>}
    </>
  );
}
