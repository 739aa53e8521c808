package handlers_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"latchkey/internal/testapp"
	"latchkey/internal/testdb"
	"latchkey/internal/testkit"
)

func TestStaticFiles(t *testing.T) {
	testkit.Parallel(t)
	app := testapp.NewApp(t, testdb.SQLite(t))
	browser := app.Client()
	page := browser.Get("/sign-in")
	for selector, attribute := range map[string]string{`link[rel="stylesheet"]`: "href", "script": "src"} {
		path := page.Find(selector).AttrOr(attribute, "")
		plain := browser.Get(path).Want(200)
		check(t, "cache", plain.Header.Get("Cache-Control"), "public, max-age=31536000, immutable")
		check(t, "vary", plain.Header.Get("Vary"), "Accept-Encoding")
		check(t, "encoding", plain.Header.Get("Content-Encoding"), "")
		for accept, packed := range map[string]bool{
			"gzip": true, "br, gzip;q=0.5": true, "GZIP": true, "deflate": false, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=0.000, br": false, "xgzip": false,
		} {
			reply := browser.Get(path, "Accept-Encoding", accept).Want(200)
			check(t, accept, reply.Header.Get("Content-Encoding") == "gzip", packed)
			body := reply.Body
			if packed {
				body = unpack(t, body)
				if len(reply.Body) >= len(body) {
					t.Errorf("%s: packing does not help", path)
				}
			}
			check(t, "content", body == plain.Body, true)
		}
		if kind := plain.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/css;") && !strings.HasPrefix(kind, "text/javascript;") {
			t.Errorf("%s is %q", path, kind)
		}
	}
	for _, path := range []string{"/static/", "/static/app.css", "/static/app.000000000000.css", "/static/../main.go", "/static/%2e%2e/embed.go", "/static/a/b", "/favicon.ico"} {
		check(t, path, browser.Get(path).Want(404).Header.Get("Cache-Control"), "no-store")
	}
}

func unpack(t *testing.T, packed string) string {
	t.Helper()
	reader := must[*gzip.Reader](t)(gzip.NewReader(bytes.NewReader([]byte(packed))))
	return string(must[[]byte](t)(io.ReadAll(reader)))
}
