import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface StaticServer {
  /** Address of the folder, with its last slash. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a folder as any plain web server would, below a path of its own.
 * @param folder the folder's path.
 * @param headers sent with every answer.
 */
export async function serveFolder(
  folder: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const base = "/some/folder/";
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const name = path.startsWith(base) ? path.slice(base.length) || "index.html" : "";
    readFile(join(folder, normalize(name))).then(
      (body) => {
        response.writeHead(200, {
          ...headers,
          "content-type": TYPES[extname(name)] ?? "text/plain",
        });
        response.end(body);
      },
      () => {
        response.writeHead(404);
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${port(server)}${base}`, close: () => close(server) };
}

function port(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) =>
    server.close((error) => (error ? reject(error) : resolve())),
  );
}
