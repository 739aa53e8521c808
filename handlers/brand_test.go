package handlers_test

import (
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"latchkey/brand"
	"latchkey/handlers"
	"latchkey/internal/testapp"
)

// branded serves with the operator's name, logo and accent.
func branded(t *testing.T, name, file, logo string) func(*testapp.AppOptions) {
	t.Helper()
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, []byte(logo), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(o *testapp.AppOptions) {
		o.Brand = brand.Brand{Name: name, Logo: must[*brand.Logo](t)(brand.ReadLogo(path)), Accent: must[*brand.Accent](t)(brand.ParseAccent("#8a3212"))}
	}
}

const hostileName = `Hollenbeck <script>alert(1)</script> & "Co"`

// End users see the operator's brand and which program it is; operators see Latchkey's sign with the name.
func TestBrandOfTheOperator(t *testing.T) {
	const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"><path d="M0 0h80v40H0z"/></svg>`
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		for title, page := range map[string]*testapp.Reply{"Sign in": app.Client().Get("/sign-in"), "Your account": app.SignIn("ann").Get("/me")} {
			check(t, "title", page.Text("title"), title+" · "+hostileName)
			check(t, "name", strings.TrimSpace(page.Text(".brand")), hostileName)
			check(t, "scripts", page.Find("script").Length(), 1)
			check(t, "program", page.Text(".bottom p"), "Powered by Latchkey")
			image := page.Find(".brand img")
			check(t, "size", image.AttrOr("width", "")+"×"+image.AttrOr("height", ""), "80×40")
			check(t, "icon for home screens", page.Document().Find("link[rel=apple-touch-icon]").Length(), 0)
			check(t, "colour", page.Document().Find("meta[name=theme-color]").First().AttrOr("content", ""), "#8a3212")

			served := app.Client().Get(image.AttrOr("src", "")).Want(200)
			check(t, "logo", served.Body, logo)
			check(t, "type", served.Header.Get("Content-Type"), "image/svg+xml")
			check(t, "policy", served.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox")
			check(t, "sniffing", served.Header.Get("X-Content-Type-Options"), "nosniff")
			check(t, "cache", served.Header.Get("Cache-Control"), "public, max-age=31536000, immutable")

			sheet := app.Client().Get(page.Document().Find(`link[rel="stylesheet"]`).AttrOr("href", "")).Want(200)
			check(t, "accent", strings.Contains(sheet.Body, "--accent: light-dark(#8a3212, "), true)
		}
		unknown := askUnder(handlers.New(app.Pages), "other.example", "GET", "/").Body.String()
		check(t, "under an unknown host", strings.Contains(unknown, "<title>Unknown host · "+html.EscapeString(hostileName)+"</title>"), true)
		operator := app.SignIn("root").Get("/")
		check(t, "name for operators", strings.TrimSpace(operator.Text(".brand")), hostileName)
		check(t, "logo for operators", operator.Has(".brand img") || !operator.Has(".brand svg.mark") || operator.Has(".bottom p"), false)
	}, branded(t, hostileName, "logo.svg", logo))
}

func TestPNGLogoIsAlsoAnIcon(t *testing.T) {
	company(t, func(t *testing.T, app *testapp.App, _ testapp.Company) {
		page := app.Client().Get("/sign-in")
		address := page.Find(".brand img").AttrOr("src", "")
		check(t, "icon", page.Document().Find("link[rel=apple-touch-icon]").AttrOr("href", ""), address)
		served := app.Client().Get(address).Want(200)
		check(t, "type", served.Header.Get("Content-Type"), "image/png")
		check(t, "policy", strings.Contains(served.Header.Get("Content-Security-Policy"), "img-src 'self'"), true)
	}, branded(t, "", "logo.png", onePixel))
}

// onePixel is a PNG file.
const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55\x00\x00\x00\nIDAT\x78\x9c\x63\x60\x00\x00\x00\x02\x00\x01\x48\xaf\xa4\x71\x00\x00\x00\x00IEND\xae\x42\x60\x82"

func TestPagesWithoutABrandAreLatchkeys(t *testing.T) {
	each(t, func(t *testing.T, app *testapp.App) {
		page := app.Client().Get("/sign-in")
		check(t, "title", page.Text("title"), "Sign in · Latchkey")
		check(t, "name", strings.TrimSpace(page.Text(".brand")), "Latchkey")
		check(t, "no word of what it is", page.Has(".bottom p") || page.Has("img"), false)
	})
}
