package handlers

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/i18n"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// field is a value of the posted form; the query is not part of it.
func field(c echo.Context, name string) string { return c.Request().PostForm.Get(name) }

func checked(c echo.Context, name string) bool {
	value := field(c, name)
	return value != "" && value != "false" && value != "0"
}

// passwordChoice reads how an operator sets a password.
func passwordChoice(c echo.Context) accounts.Issue {
	return accounts.Issue{
		Mode: accounts.PasswordMode(field(c, "password_mode")), Password: field(c, "password"), OneTime: checked(c, "one_time"),
		Options: generatorOptions(c),
	}
}

// generatorOptions reads the options of the generator.
func generatorOptions(c echo.Context) credential.GeneratorOptions {
	return credential.GeneratorOptions{
		Length: field(c, "generator_length"), Upper: alphabet(c, "generator_upper"), Lower: alphabet(c, "generator_lower"),
		Digits: alphabet(c, "generator_digits"), Special: alphabet(c, "generator_special"),
	}
}

// alphabet reads an emptied field as no characters, and a missing one as the default.
func alphabet(c echo.Context, name string) string {
	if sent := field(c, name); sent != "" || !c.Request().PostForm.Has(name) {
		return sent
	}
	return credential.NoSymbols
}

// withDefaults are the options shown in a form: those that were sent, or else the policy's defaults.
func withDefaults(sent credential.GeneratorOptions, policy password.Policy) views.GeneratorOptions {
	if sent == (credential.GeneratorOptions{}) {
		sent = credential.DefaultOptions(policy)
	}
	for _, text := range []*string{&sent.Upper, &sent.Lower, &sent.Digits, &sent.Special} {
		*text = strings.TrimPrefix(*text, credential.NoSymbols)
	}
	return views.GeneratorOptions(sent)
}

// localTarget is where to go after a sign-in: a path of this site, or "" for anything else (open redirects).
func localTarget(next string) string {
	if !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\t\r\n") || strings.HasPrefix(next, "//") {
		return ""
	}
	target, err := url.Parse(next)
	if err != nil || target.Scheme != "" || target.Host != "" || target.User != nil || strings.HasPrefix(target.Path, "//") {
		return ""
	}
	if target.Path == views.SignInURL || target.Path == views.SetupURL {
		return ""
	}
	return target.RequestURI()
}

// localeOptions are the languages to choose from.
func localeOptions(frame ui.Frame) []ui.Option {
	options := []ui.Option{{Value: "", Label: words.Language(frame.Printer, "")}}
	for _, locale := range i18n.Locales {
		options = append(options, ui.Option{Value: locale, Label: words.Language(frame.Printer, locale)})
	}
	return options
}
