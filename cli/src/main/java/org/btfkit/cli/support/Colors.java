package org.btfkit.cli.support;

import java.util.List;

/**
 * Colours of text for people, or none: by {@code --color}, else if standard output is a terminal and the environment
 * has no {@code NO_COLOR}.
 */
public final class Colors {
    /** No colours. */
    public static final Colors NONE = new Colors(false);

    private static final String OPTION = "--color";

    private final boolean isOn;

    private Colors(boolean isOn) {
        this.isOn = isOn;
    }

    /**
     * The option.
     *
     * @return {@code --color}
     */
    public static Option option() {
        return Options.oneOf(
                List.of("auto", "always", "never"), "WHEN", "Colours: auto (default), always or never.", OPTION);
    }

    /**
     * Chooses.
     *
     * @param parsed the command line
     * @return colours or none
     * @throws MisuseException if the option has another value
     */
    public static Colors of(Arguments parsed) {
        String when = parsed.value(OPTION, "auto");
        return switch (when) {
            case "always" -> new Colors(true);
            case "never" -> NONE;
            case "auto" -> {
                String wish = System.getenv("NO_COLOR");
                yield new Colors((wish == null || wish.isEmpty()) && Terminal.isOn(1));
            }
            default -> throw parsed.misuse(OPTION + " " + Failure.oneLine(when) + ": expected auto, always or never");
        };
    }

    /**
     * Something good, or new.
     *
     * @param text the text
     * @return green
     */
    public String good(String text) {
        return colored("32", text);
    }

    /**
     * Something bad, or gone.
     *
     * @param text the text
     * @return red
     */
    public String bad(String text) {
        return colored("31", text);
    }

    /**
     * Something to look at.
     *
     * @param text the text
     * @return yellow
     */
    public String notable(String text) {
        return colored("33", text);
    }

    /**
     * A title.
     *
     * @param text the text
     * @return bold
     */
    public String title(String text) {
        return colored("1", text);
    }

    /**
     * Something beside the point.
     *
     * @param text the text
     * @return faint
     */
    public String aside(String text) {
        return colored("2", text);
    }

    private String colored(String code, String text) {
        return isOn && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
