package page

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"latchkey/brand"
	"latchkey/i18n"
	"latchkey/static"
	"latchkey/views"
	"latchkey/views/ui"
)

// preferenceLife is how long a browser keeps what its reader prefers, in seconds.
const preferenceLife = 365 * 24 * 60 * 60

// SetTheme stores the theme in the browser; [ui.SystemTheme] removes it.
func (s *Kit) SetTheme(c echo.Context, theme string) error {
	if !slices.Contains(ui.Themes, theme) {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	if theme == ui.SystemTheme {
		theme = ""
	}
	s.setPreference(c, s.sessions.themeCookie, theme)
	return nil
}

// SetLanguage stores the language in the browser; "" removes it. A signed-in account has its own, see [Kit.WordsFor].
func (s *Kit) SetLanguage(c echo.Context, locale string) error {
	if locale != "" && !slices.Contains(i18n.Locales, locale) {
		return echo.NewHTTPError(http.StatusBadRequest)
	}
	s.setPreference(c, s.sessions.languageCookie, locale)
	return nil
}

// setPreference stores what the browser's reader prefers; "" removes it.
func (s *Kit) setPreference(c echo.Context, name, value string) {
	life := preferenceLife
	if value == "" {
		life = -1
	}
	c.SetCookie(&http.Cookie{ //nolint:gosec // secure wherever the base URL is https
		Name: name, Value: value, Path: "/", MaxAge: life, HttpOnly: true, Secure: s.sessions.secure, SameSite: http.SameSiteLaxMode,
	})
}

// theme returns the theme of the browser's cookie.
func (s *Kit) theme(c echo.Context) string {
	if theme := onlyCookie(c.Request(), s.sessions.themeCookie); slices.Contains(ui.Themes, theme) {
		return theme
	}
	return ui.SystemTheme
}

// WordsFor returns the words of the signed-in account's language, or else of the browser's cookie or the browser. Until a session
// has passed its gates, it cannot change its account, so the cookie comes first.
func (s *Kit) WordsFor(c echo.Context) i18n.Words {
	locale, chosen := "", onlyCookie(c.Request(), s.sessions.languageCookie)
	if who := Visitor(c); who != nil {
		locale = who.Account.Locale
	}
	if slices.Contains(i18n.Locales, chosen) && (locale == "" || s.gate(c) != nil) {
		locale = chosen
	}
	return s.Words.For(locale, c.Request().Header.Get("Accept-Language"))
}

// longestHere is the longest address that fits into the form of the switches, in bytes.
const longestHere = 2 << 10

// here returns where the switches of a page lead back to: its own address, or "" if it answers a form, since it could not be opened
// again. Of an unknown visitor's address it keeps only what their pages need.
func here(c echo.Context) string {
	r := c.Request()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return ""
	}
	query := r.URL.RawQuery
	if Visitor(c) == nil { // then a link could put any text into the page
		query = url.Values{"next": r.URL.Query()["next"], "token": r.URL.Query()["token"]}.Encode()
	}
	address := (&url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query}).RequestURI()
	if len(address) > longestHere {
		return r.URL.EscapedPath()
	}
	return address
}

// SamePage returns where to go after a switch: a path of this site.
func SamePage(address string) string {
	if path := localPath(address); path != "" {
		return path
	}
	return views.HomeURL
}

// brandOf returns the brand as pages show it.
func (s *Kit) brandOf() ui.Brand {
	accent := s.Brand.Colours()
	shown := ui.Brand{Name: s.Brand.Title(), Own: s.Brand.Own(), Light: accent.Light.Accent, Dark: accent.Dark.Accent}
	if logo := s.Brand.Logo; logo != nil {
		shown.Logo, shown.TouchIcon = s.Assets.URL(static.Logo+logo.Ending), logo.Type == brand.TypePNG
		shown.LogoWidth, shown.LogoHeight = logo.Size()
	}
	return shown
}
