package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

func directory(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", errors.New("must name a directory")
	}
	return text, nil
}

func keyFile(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", errors.New("must name a file")
	}
	return text, nil
}

func line(text string) (string, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", errors.New("must be one line")
	}
	return strings.TrimSpace(text), nil
}

// title reads a name for page titles.
func title(text string) (string, error) {
	const longest = 60
	name, err := line(text)
	switch n := utf8.RuneCountInString(name); {
	case err != nil:
		return "", err
	case name == "" || !utf8.ValidString(name):
		return "", errors.New(quote(text) + " is not a name")
	case n > longest:
		return "", fmt.Errorf("has %d characters; at most %d fit", n, longest)
	}
	return name, nil
}

// contact reads the field Contact of security.txt (RFC 9116, section 2.5.3): a URI, or an e-mail address, which becomes one.
func contact(text string) (string, error) {
	uri := text
	if !strings.Contains(text, ":") && strings.Contains(text, "@") {
		uri = "mailto:" + text
	}
	parsed, err := url.Parse(uri)
	if err != nil || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' }) || !isContact(parsed) {
		return "", errors.New(quote(text) + " is neither an e-mail address nor a https:, mailto: or tel: URI")
	}
	return uri, nil
}

func isContact(uri *url.URL) bool {
	switch uri.Scheme {
	case "https":
		return uri.Host != ""
	case "mailto":
		local, domain, _ := strings.Cut(uri.Opaque, "@")
		return local != "" && domain != ""
	case "tel":
		return uri.Opaque != ""
	default:
		return false
	}
}

// timeZone refuses Local: its name, which is shown next to times, does not say which zone it is.
func timeZone(text string) (*time.Location, error) {
	zone, err := time.LoadLocation(text)
	if err != nil || zone == time.Local {
		return nil, errors.New(quote(text) + " is not a time zone such as UTC or Europe/Berlin")
	}
	return zone, nil
}

func readableDirectory(text string) (string, error) {
	if _, err := os.ReadDir(text); err != nil {
		return "", cannotRead(text, err)
	}
	return text, nil
}

// readableFile refuses a policy file that cannot be read: falling back to the built-in policy would loosen the rules silently.
func readableFile(text string) (string, error) {
	if err := readable(text); err != nil {
		return "", cannotRead(text, err)
	}
	return text, nil
}

func duration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, errors.New(quote(text) + " is not a time above zero such as 24h or 90m")
	}
	return d, nil
}

func durationOrOff(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, errors.New(quote(text) + " is not a time such as 24h or 90m, or 0 (off)")
	}
	return d, nil
}

// The bounds of days that records are kept: overviews look back two weeks.
const leastDays, mostDays = 15, 36_500

// leastUnused is for how many days accounts may be unused at least: owners are notified two weeks before.
const leastUnused = 30

// days makes the parser of a number of days, such as 365d.
func days(least int) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		number, isDays := strings.CutSuffix(text, "d")
		n, err := strconv.Atoi(number)
		if !isDays || err != nil || !digits(number) || n < least || n > mostDays {
			return 0, fmt.Errorf("%s is not a number of days from %dd to %dd, such as 365d", quote(text), least, mostDays)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
}

// maxRate bounds what a limit per minute may be; more is no limit.
const maxRate = 100_000

// maxConnections bounds the connections to the mail server: few servers take more of one client.
const maxConnections = 50

// The bounds of how many connections clients may hold: a browser and a health check need some, and each costs a file descriptor.
const leastClients, mostClients = 16, 1_000_000

// between parses a whole number in a range.
func between(least, most int) func(string) (int, error) {
	return whole(least, most, strconv.Itoa(least))
}

// number parses a whole number, 0 being off.
func number(most int) func(string) (int, error) { return whole(0, most, "0 (off)") }

// whole parses a whole number from least, which is called from, to most.
func whole(least, most int, from string) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || !digits(text) || n < least || n > most {
			return 0, fmt.Errorf("%s is not a whole number from %s to %d", quote(text), from, most)
		}
		return n, nil
	}
}

// seconds parses a time in seconds.
func seconds(least int) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || !digits(text) || int(n) < least {
			return 0, fmt.Errorf("%s is not a whole number of seconds from %d to 2147483647", quote(text), least)
		}
		return time.Duration(n) * time.Second, nil
	}
}

// boolean reads true or false, in any case.
func boolean(text string) (bool, error) {
	isTrue := strings.EqualFold(text, "true")
	if !isTrue && !strings.EqualFold(text, "false") {
		return false, errors.New(quote(text) + " is neither true nor false")
	}
	return isTrue, nil
}

// Bounds of the settings that belong to the password policy.
const (
	maxPassword  = 4096 // characters: a password can have as many bytes
	kinds        = 4    // lower case, upper case, digits, special characters
	maxGenerated = 256  // characters
	maxAlphabet  = 256  // characters
)

// alphabet reads the characters to draw from.
func alphabet(text string) (string, error) {
	switch n := utf8.RuneCountInString(text); {
	case !utf8.ValidString(text):
		return "", errors.New("is not UTF-8")
	case n > maxAlphabet:
		return "", fmt.Errorf("has %d characters; at most %d are taken", n, maxAlphabet)
	}
	return text, nil
}

// The second factors in ALLOWED_SECOND_FACTORS.
const (
	appFactor     = "google_authenticator" // any authenticator app
	passkeyFactor = "webauthn"             // passkeys and security keys
)

// oneOf parses a list of at least one of the words, separated by commas.
func oneOf(words ...string) func(string) ([]string, error) {
	return func(text string) (all []string, err error) {
		for item := range strings.SplitSeq(text, ",") {
			word := strings.ToLower(strings.TrimSpace(item))
			if !slices.Contains(words, word) {
				return nil, errors.New(quote(item) + " is none of " + strings.Join(words, ", "))
			}
			all = append(all, word)
		}
		return all, nil
	}
}

func logFormat(text string) (string, error) {
	if text != LogText && text != LogJSON {
		return "", errors.New(quote(text) + " is neither text nor json")
	}
	return text, nil
}

func logLevel(text string) (level slog.Level, err error) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, text) {
		return level, errors.New(quote(text) + " is none of debug, info, warn, error")
	}
	err = level.UnmarshalText([]byte(text))
	return level, err
}

// readable returns why a file cannot be read, or nil. Only a regular file is opened: a pipe would wait for its writer.
func readable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a directory")
	case !info.Mode().IsRegular():
		return nil
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	return f.Close()
}

// cannotRead describes an error without the name of the failed operation.
func cannotRead(path string, err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return errors.New("cannot read " + quote(path) + ": " + err.Error())
}

// SecurityNotices are the changes to an account of which its owner gets a mail.
var SecurityNotices = []string{
	"password-changed", "password-reset", "email-changed", "new-browser", "factor-added", "factor-removed", "factors-reset",
	"recovery-codes-replaced", "recovery-code-used",
	"emergency-code-added", "emergency-code-removed", "emergency-access-requested", "emergency-access-used",
	"api-key-created", "api-key-revoked", "api-key-used",
	"account-deleted", "account-restored", "email-restored",
}

func securityNotices(text string) (off []string, err error) {
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(SecurityNotices, name) {
			return nil, fmt.Errorf("%s is none of %s", quote(name), strings.Join(SecurityNotices, ", "))
		}
		off = append(off, name)
	}
	return off, nil
}

// secrets reads who may know passwords.
func secrets(text string) (string, error) {
	switch word := strings.ToLower(text); word {
	case "auto", "all", "noone":
		return word, nil
	}
	return "", errors.New(quote(text) + " is neither auto nor all nor noone")
}
