package ui

import (
	"slices"
	"time"

	"latchkey/models"
	"latchkey/views/words"
)

// Frame surrounds every page: the reader's language and account, the navigation, and the messages at the top.
type Frame struct {
	words.Printer
	Title    string
	Section  string
	Nav      []NavLink // the sections that the reader may open; empty = none, as for customers
	Flash    string    // what was just done; "" = nothing
	Undo     string    // where the form goes that takes it back; "" = there is none
	Notice   string    // what holds as long as the page is open; "" = nothing
	Problems []Problem // what was wrong with the form or with the query

	Emergency   []models.EmergencyCode // that are on the way into the reader's account, or in
	Person      string                 // who uses the account by an emergency code; "" = its owner does
	PersonUntil time.Time

	BadQuery bool // the problems are about the query, not about a form
	CSS, JS  string

	Brand Brand
	Theme string // one of Themes
	Here  string // the page's address, for its switches; "" = it cannot be opened again

	Submission string // the id of this page's forms

	MayOpen func(address string) bool                      // asks the table of routes; nil = nothing
	Waiting func(section string) (count string, err error) // returns how many items of a section wait for the reader; "" or nil = none
}

// Brand is the operator's name and logo.
type Brand struct {
	Name                  string // of the service
	Own                   bool   // the operator set it, so that pages also name the program
	Logo                  string // its address; "" = none
	LogoWidth, LogoHeight int
	TouchIcon             bool   // the logo can be an icon on a home screen
	Light, Dark           string // the accent in both themes
}

// The themes.
const (
	SystemTheme = "system"
	LightTheme  = "light"
	DarkTheme   = "dark"
)

// Themes are the themes to choose from.
var Themes = []string{SystemTheme, LightTheme, DarkTheme}

// ColorScheme returns the page's color schemes for the browser.
func (f Frame) ColorScheme() string {
	if f.Theme == LightTheme || f.Theme == DarkTheme {
		return f.Theme
	}
	return "light dark"
}

// poweredBy reports whether the page names the program, since it shows the operator's brand.
func (f Frame) poweredBy() bool { return f.Brand.Own && len(f.Nav) == 0 }

// themeIcons are the icons of the themes.
var themeIcons = map[string]string{SystemTheme: "monitor", LightTheme: "sun", DarkTheme: "moon"}

// themeColor returns the colour around the page in a theme: that of the navigation, or of a page without it the accent.
func (f Frame) themeColor(theme string) string {
	accent, rail := f.Brand.Light, "#f4f6f7"
	if theme == DarkTheme {
		accent, rail = f.Brand.Dark, "#0b0e10"
	}
	if len(f.Nav) > 0 {
		return rail
	}
	return accent
}

// fieldProblems reports whether a problem is about a field, so that it can be corrected.
func (f Frame) fieldProblems() bool {
	return slices.ContainsFunc(f.Problems, func(p Problem) bool { return p.Field != "" })
}

// May reports whether the reader may open the page at an address of this site, for links that not every reader may follow.
func (f Frame) May(address string) bool { return f.MayOpen != nil && f.MayOpen(address) }

// The addresses that every page links to.
const (
	HomeURL        = "/"
	MeURL          = "/me"
	SecurityURL    = "/me/security"
	SignOutURL     = "/sign-out"
	SearchURL      = "/search"
	PreferencesURL = "/preferences"

	EmergencyCodesURL = "/me/emergency-codes"
)

// StopEmergencyURL returns the address of the form that stops emergency access to the signed-in account.
func StopEmergencyURL(id string) string { return EmergencyCodesURL + "/" + id + "/stop" }

// Problem is a problem of a form. Field "" means the form as a whole.
type Problem struct {
	Field, Text string
	Lang        string // of the text; "" = the page's
	Rule        string // the rule of the password policy that is broken; "" = none
}

// LogLang is the language of texts that are also logged, such as problems of a policy file.
const LogLang = "en"

// Of returns the problems of one field.
func (f Frame) Of(field string) (found []Problem) {
	for _, problem := range f.Problems {
		if problem.Field == field {
			found = append(found, problem)
		}
	}
	return found
}

// NavLink is a link to a section of the site.
type NavLink struct{ Section, URL, Label string }

// waiting returns how many items of a section wait for the reader, as text; "" = none.
func (f Frame) waiting(section string) (string, error) {
	if f.Waiting == nil {
		return "", nil
	}
	return f.Waiting(section)
}

// RFC3339 formats a time for <time datetime>.
func RFC3339(at time.Time) string { return at.UTC().Format(time.RFC3339) }
