package page

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/views"
)

// Field returns a value of the posted form; the query is not part of it.
func Field(c echo.Context, name string) string { return c.Request().PostForm.Get(name) }

// Checked reports whether a checkbox of the posted form is ticked.
func Checked(c echo.Context, name string) bool {
	value := Field(c, name)
	return value != "" && value != "false" && value != "0"
}

// LocalTarget returns where to go after a sign-in: a path of this site, or "" for anything else.
func LocalTarget(next string) string {
	switch path, _, _ := strings.Cut(localPath(next), "?"); path {
	case views.SignInURL, views.SetupURL, views.SecondFactorURL, views.RecoverURL, views.ConfirmIdentityURL:
		return ""
	}
	return localPath(next)
}

// localPath returns a path of this site with its query, or "" for anything else (open redirects).
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.ContainsAny(next, "\\\t\r\n") || strings.HasPrefix(next, "//") {
		return ""
	}
	target, err := url.Parse(next)
	if err != nil || target.Scheme != "" || target.Host != "" || target.User != nil || strings.HasPrefix(target.Path, "//") {
		return ""
	}
	return target.RequestURI()
}
