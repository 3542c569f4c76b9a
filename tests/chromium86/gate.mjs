// A way to the service that can be shut: the network that goes away.

import net from "node:net";

export const gate = (port, host = "127.0.0.1") =>
  new Promise((resolve) => {
    let open = true;
    const sockets = new Set();
    const server = net.createServer((from) => {
      if (!open) return from.destroy();
      const to = net.connect(port, host);
      for (const [one, other] of [[from, to], [to, from]]) {
        sockets.add(one);
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
      }
    });
    server.listen(0, "127.0.0.1", () => {
      resolve({
        address: `http://127.0.0.1:${server.address().port}`,
        shut: () => {
          open = false;
          for (const one of sockets) one.destroy();
        },
        reopen: () => { open = true; },
        close: () => {
          for (const one of sockets) one.destroy();
          server.close();
        },
      });
    });
  });
