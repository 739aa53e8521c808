package handlers

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"latchkey/views"
)

// maxPolicyForm bounds a form with a policy, which may be larger than others: it can hold a text and a file of 1 MiB each,
// and somewhat more, so that it can be said of a file that it is too large.
const maxPolicyForm = 5 << 20

// takesFiles tells whether this is a form that may hold a file, which its route reads itself: only when it is known that the
// visitor may send one.
func takesFiles(c echo.Context) bool {
	r := c.Request()
	return r.Method == http.MethodPost && c.Path() == views.PolicyPreviewURL && mediaType(r) == echo.MIMEMultipartForm
}

// mediaType is what the client says that the body is.
func mediaType(r *http.Request) string {
	return strings.ToLower(strings.TrimSpace(strings.Split(r.Header.Get(echo.HeaderContentType), ";")[0]))
}

// sentPolicy is the policy of the form, and what to call it: the file that was sent, or else the text.
func sentPolicy(c echo.Context) (name, text string, err error) {
	if takesFiles(c) {
		if name, text, err = sentFile(c); name != "" || err != nil {
			return name, text, err
		}
	}
	// Browsers send lines that end as those of mails do; a file's do not.
	return "passwordpolicy.json", strings.ReplaceAll(field(c, "policy"), "\r\n", "\n"), nil
}

// sentFile reads a form with a file; the name is "" where none was chosen.
func sentFile(c echo.Context) (name, text string, err error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxPolicyForm)
	if err := r.ParseMultipartForm(maxPolicyForm); err != nil {
		return "", "", badForm(err)
	}
	file, header, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", "", nil
	}
	if err != nil {
		return "", "", badForm(err)
	}
	content, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", "", badForm(err)
	}
	return filepath.Base(header.Filename), string(content), nil
}

// shownText is what a page can show of a text that may be anything.
func shownText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
