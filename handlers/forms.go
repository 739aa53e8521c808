package handlers

import (
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/accounts"
	"latchkey/accounts/credential"
	"latchkey/accounts/handover"
	"latchkey/handlers/page"
	"latchkey/i18n"
	"latchkey/models"
	"latchkey/password"
	"latchkey/views"
	"latchkey/views/ui"
	"latchkey/views/words"
)

// The fields that survive the end of a session, see [page.Route.Restore].
var (
	passwordFields   = []string{"password_mode", "generator_length", "generator_upper", "generator_lower", "generator_digits", "generator_special", "one_time", "hand_over", "reads", "valid_minutes"}
	resetFields      = append([]string{"reset_credentials"}, passwordFields...)
	newAccountFields = append([]string{"name", "displayName", "email", "organization", "locale", "valid_from", "valid_until", "technical", "erase_deleted"}, passwordFields...)
	editFields       = []string{"email", "displayName", "externalId", "phone", "note", "locale", "valid_from", "valid_until", "technical"}
)

// at returns the page of a form with a fixed address.
func at(url string) func(echo.Context) string { return func(echo.Context) string { return url } }

// accountAddress returns the page of a form about the account in the URL.
func accountAddress(c echo.Context) string { return accountAddressFrom(c, c.Param("id")) }

// mailAddress returns the page of the mail in the URL.
func mailAddress(c echo.Context) string { return views.MailItemURL(c.Param("id")) }

// newAccountAddress returns the page of the form that creates an account.
func newAccountAddress(c echo.Context) string {
	kind := models.Kind(page.Field(c, "kind"))
	if kind != "" && !slices.Contains(kinds, kind) {
		kind = models.Customer
	}
	return views.NewAccountURL(kind)
}

// generatingAddress returns the page on which a password is generated.
func generatingAddress(c echo.Context) string {
	if id := page.Field(c, "account"); models.IsID(id) {
		return views.AccountURL(id)
	}
	return newAccountAddress(c)
}

// passwordChoice reads how an operator sets a password. Text that was left in a page's field for typed passwords does not count
// as a generated one.
func passwordChoice(c echo.Context) accounts.PasswordChoice {
	choice := accounts.PasswordChoice{
		Mode: accounts.PasswordMode(page.Field(c, "password_mode")), Text: page.Field(c, "password"), OneTime: page.Checked(c, "one_time"),
		Credentials: page.Checked(c, "reset_credentials"), Options: generatorOptions(c),
	}
	if choice.Mode == accounts.ByLink {
		choice.OneTime = false // of the other choices
	} else if how := page.Field(c, "hand_over"); how != "" {
		choice.HandOver = &handover.Form{
			How: how, Reads: page.Field(c, "reads"), Minutes: page.Field(c, "valid_minutes"), Passphrase: page.Field(c, "passphrase"),
		}
	}
	if choice.Mode == accounts.Generated && c.Request().PostForm.Has(views.ShownField) && !page.Checked(c, views.ShownField) {
		choice.Text = ""
	}
	return choice
}

// personOf reads what operators know of a person. A field that was not sent changes nothing.
func personOf(c echo.Context) accounts.Person {
	return accounts.Person{DisplayName: sent(c, "displayName"), ExternalID: sent(c, "externalId"), Phone: sent(c, "phone"), Note: sent(c, "note")}
}

// validDatesOf reads the first and the last day of an account. A field that was not sent changes nothing.
func validDatesOf(c echo.Context) accounts.ValidDates {
	return accounts.ValidDates{From: sent(c, "valid_from"), Until: sent(c, "valid_until")}
}

// sent returns a field of the form; nil = it was not sent.
func sent(c echo.Context, name string) *string {
	if !c.Request().PostForm.Has(name) {
		return nil
	}
	return new(page.Field(c, name))
}

// generatorOptions reads the options of the generator.
func generatorOptions(c echo.Context) credential.GeneratorOptions {
	return credential.GeneratorOptions{
		Length: page.Field(c, "generator_length"), Upper: alphabet(c, "generator_upper"), Lower: alphabet(c, "generator_lower"),
		Digits: alphabet(c, "generator_digits"), Special: alphabet(c, "generator_special"),
	}
}

// alphabet reads an alphabet: an empty field means no characters, a missing one the default.
func alphabet(c echo.Context, name string) string {
	if sent := page.Field(c, name); sent != "" || !c.Request().PostForm.Has(name) {
		return sent
	}
	return credential.NoSymbols
}

// withDefaults returns the options to show in a form: those that were sent, or else the defaults of the policy.
func withDefaults(sent credential.GeneratorOptions, policy password.Policy) views.GeneratorOptions {
	if sent == (credential.GeneratorOptions{}) {
		sent = credential.DefaultOptions(policy)
	}
	for _, text := range []*string{&sent.Upper, &sent.Lower, &sent.Digits, &sent.Special} {
		*text = strings.TrimPrefix(*text, credential.NoSymbols)
	}
	return views.GeneratorOptions(sent)
}

// choices returns the options of a selection: one for no choice, unless all is "", and one for each value with its words.
func choices[T ~string](frame ui.Frame, all i18n.Msg, values []T, label func(T) i18n.Msg) (options []ui.Option) {
	if all != "" {
		options = append(options, ui.Option{Value: "", Label: frame.T(all)})
	}
	for _, value := range values {
		options = append(options, ui.Option{Value: string(value), Label: frame.T(label(value))})
	}
	return options
}

// localeOptions returns the languages to choose from.
func localeOptions(frame ui.Frame) (options []ui.Option) {
	for _, locale := range append([]string{""}, i18n.Locales...) {
		options = append(options, ui.Option{Value: locale, Label: words.Language(frame.Printer, locale)})
	}
	return options
}
