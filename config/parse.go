package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

func parseData(c *Config, text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must name a directory")
	}
	c.Data = text
	return nil
}

func parseHelp(c *Config, text string) error {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return errors.New("must be one line")
	}
	c.Help = strings.TrimSpace(text)
	return nil
}

// parseSecurityContact reads the field Contact of security.txt (RFC 9116, section 2.5.3): a URI, or an e-mail address, which
// becomes one.
func parseSecurityContact(c *Config, text string) error {
	if text == "" {
		return nil
	}
	uri := text
	if !strings.Contains(text, ":") && strings.Contains(text, "@") {
		uri = "mailto:" + text
	}
	parsed, err := url.Parse(uri)
	if err != nil || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' }) || !isContact(parsed) {
		return errors.New(quote(text) + " is neither an e-mail address nor a https:, mailto: or tel: URI")
	}
	c.SecurityContact = uri
	return nil
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

// parseTimeZone refuses Local: its name, which is shown next to times, does not say which zone it is.
func parseTimeZone(c *Config, text string) error {
	zone, err := time.LoadLocation(text)
	if err != nil || text == "" || zone == time.Local {
		return errors.New(quote(text) + " is not a time zone such as UTC or Europe/Berlin")
	}
	c.TimeZone = zone
	return nil
}

func parseEmailTemplates(c *Config, text string) error {
	if text == "" {
		return nil
	}
	if _, err := os.ReadDir(text); err != nil {
		return errors.New(cannotRead(text, err))
	}
	c.EmailTemplates = text
	return nil
}

// parsePasswordPolicy refuses a file that cannot be read: falling back to the built-in policy would loosen the rules silently.
func parsePasswordPolicy(c *Config, text string) error {
	if err := readable(text); err != nil {
		return errors.New(cannotRead(text, err))
	}
	c.PasswordPolicy = text
	return nil
}

// duration makes the parse function of a setting that is a positive time.
func duration(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return errors.New(quote(text) + " is not a time above zero such as 24h or 90m")
		}
		*field(c) = d
		return nil
	}
}

// durationOrOff makes the parse function of a setting that is a time, 0 being off.
func durationOrOff(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return errors.New(quote(text) + " is not a time such as 24h or 90m, or 0 (off)")
		}
		*field(c) = d
		return nil
	}
}

// The bounds of days that records are kept: overviews look back two weeks.
const leastDays, mostDays = 15, 36_500

// keep makes the parse function of a setting that is a number of days, such as 365d.
func keep(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, text string) error {
		number, isDays := strings.CutSuffix(text, "d")
		n, err := strconv.Atoi(number)
		if !isDays || err != nil || !digits(number) || n < leastDays || n > mostDays {
			return fmt.Errorf("%s is not a number of days from %dd to %dd, such as 365d", quote(text), leastDays, mostDays)
		}
		*field(c) = time.Duration(n) * 24 * time.Hour
		return nil
	}
}

// maxRate bounds what a limit per minute may be; more is no limit.
const maxRate = 100_000

// maxConnections bounds the connections to the mail server: few servers take more of one client.
const maxConnections = 50

// The bounds of how many connections clients may hold: a browser and a health check need some, and each costs a file descriptor.
const leastClients, mostClients = 16, 1_000_000

// between makes the parse function of a setting that is a whole number in a range.
func between(least, most int, field func(*Config) *int) func(*Config, string) error {
	return whole(least, most, strconv.Itoa(least), field)
}

// number makes the parse function of a setting that is a whole number, 0 being off.
func number(most int, field func(*Config) *int) func(*Config, string) error {
	return whole(0, most, "0 (off)", field)
}

// whole makes the parse function of a setting that is a whole number from least, which is called from, to most.
func whole(least, most int, from string, field func(*Config) *int) func(*Config, string) error {
	return func(c *Config, text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || !digits(text) || n < least || n > most {
			return fmt.Errorf("%s is not a whole number from %s to %d", quote(text), from, most)
		}
		*field(c) = n
		return nil
	}
}

// seconds makes the parse function of a setting that is a time in seconds.
func seconds(least int, field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, text string) error {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || !digits(text) || int(n) < least {
			return fmt.Errorf("%s is not a whole number of seconds from %d to 2147483647", quote(text), least)
		}
		*field(c) = time.Duration(n) * time.Second
		return nil
	}
}

// boolean makes the parse function of a setting that is true or false, in any case.
func boolean(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, text string) error {
		switch {
		case strings.EqualFold(text, "true"):
			*field(c) = true
		case strings.EqualFold(text, "false"):
			*field(c) = false
		default:
			return errors.New(quote(text) + " is neither true nor false")
		}
		return nil
	}
}

func parseLog(c *Config, text string) error {
	if text != LogText && text != LogJSON {
		return errors.New(quote(text) + " is neither text nor json")
	}
	c.LogFormat = text
	return nil
}

func parseLogLevel(c *Config, text string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, text) {
		return errors.New(quote(text) + " is none of debug, info, warn, error")
	}
	return c.LogLevel.UnmarshalText([]byte(text))
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
func cannotRead(path string, err error) string {
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		err = pathError.Err
	}
	return "cannot read " + quote(path) + ": " + err.Error()
}
