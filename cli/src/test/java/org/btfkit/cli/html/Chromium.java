package org.btfkit.cli.html;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.btfkit.cli.Json;
import org.btfkit.fixtures.tool.ExternalTool;

/**
 * A page in a headless Chromium, driven by the browser's debugging protocol: a JSON message for each command over a
 * WebSocket, a JSON answer with the same number, and events between.
 */
final class Chromium implements AutoCloseable {
    private static final ExternalTool TOOL = ExternalTool.named("chromium", "chromium");
    private static final long TIMEOUT_SECONDS = 120;

    private final Process process;
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<Json>> pending = new ConcurrentHashMap<>();
    private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
    private int last;

    private Chromium(Process process, URI page) {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(page, new Listener())
                .join();
    }

    /** Opens an empty page of some size; ends the test if there is no Chromium. */
    static Chromium open(Path profile, int width, int height) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        TOOL.path().toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--remote-allow-origins=*",
                        "--window-size=" + width + "," + height,
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith("DevTools listening on ")) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("chromium ended before it listened");
        }
        Thread drain = new Thread(() -> output.lines().forEach(ignored -> {}));
        drain.setDaemon(true);
        drain.start();
        String authority = URI.create(line.substring(line.lastIndexOf(' ') + 1)).getAuthority();
        Chromium chromium = new Chromium(process, pageOf(authority));
        chromium.send("Runtime.enable", "{}");
        chromium.send("Log.enable", "{}");
        chromium.send("Page.enable", "{}");
        return chromium;
    }

    private static URI pageOf(String authority) throws IOException, InterruptedException {
        String list = HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(URI.create("http://" + authority + "/json/list"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        List<?> targets = (List<?>) Json.parse(list).value();
        for (int i = 0; i < targets.size(); i++) {
            if ("page".equals(Json.parse(list).at(i, "type"))) {
                return URI.create((String) Json.parse(list).at(i, "webSocketDebuggerUrl"));
            }
        }
        throw new IOException("chromium has no page: " + list);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            text.append(data);
            if (isLast) {
                take(Json.parse(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    private void take(Json message) {
        Object id = message.at("id");
        if (id != null) {
            pending.remove(((Number) id).intValue()).complete(message);
            return;
        }
        String method = (String) message.at("method");
        boolean isException = method.equals("Runtime.exceptionThrown");
        boolean isError = method.equals("Runtime.consoleAPICalled") && "error".equals(message.at("params", "type"))
                || method.equals("Log.entryAdded") && "error".equals(message.at("params", "entry", "level"));
        if (isException || isError) {
            errors.add(String.valueOf(message.at("params")));
        }
    }

    private Json send(String method, String parameters) {
        int id = ++last;
        CompletableFuture<Json> answer = new CompletableFuture<>();
        pending.put(id, answer);
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":" + parameters + "}", true)
                .join();
        Json result = answer.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
        if (result.at("error") != null) {
            throw new IllegalStateException(method + ": " + result.at("error"));
        }
        return result;
    }

    /** Opens an address. */
    void open(String address) {
        send("Page.navigate", "{\"url\":" + quoted(address) + "}");
    }

    /** Opens an address and waits until the page says that it shows what it names. */
    void go(String address) {
        open(address);
        String hash = address.contains("#") ? address.substring(address.indexOf('#')) : "";
        await("document.documentElement?.dataset.shown === " + quoted(hash.equals("#") ? "" : hash));
    }

    /** Waits until an expression is true. */
    void await(String condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!text("String(" + condition + ")").equals("true")) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("never true: " + condition + "; " + errors);
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The value of an expression, which is a text. */
    String text(String expression) {
        Json answer = send(
                "Runtime.evaluate",
                "{\"expression\":" + quoted(expression) + ",\"returnByValue\":true,\"awaitPromise\":true}");
        if (answer.at("result", "exceptionDetails") != null) {
            throw new IllegalStateException(expression + ": " + answer.at("result", "exceptionDetails"));
        }
        return (String) answer.at("result", "result", "value");
    }

    /** Presses keys, one after the other: characters, or names such as {@code Enter}. */
    void press(String... keys) {
        for (String key : keys) {
            boolean isText = key.length() == 1;
            String text = isText ? ",\"text\":" + quoted(key) : key.equals("Enter") ? ",\"text\":\"\\r\"" : "";
            send("Input.dispatchKeyEvent", "{\"type\":\"keyDown\",\"key\":" + quoted(key) + text + "}");
            send("Input.dispatchKeyEvent", "{\"type\":\"keyUp\",\"key\":" + quoted(key) + "}");
        }
    }

    /** What the page has thrown or logged as an error. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public void close() {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            process.getInputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
