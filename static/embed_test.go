package static_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"

	"latchkey/brand"
	"latchkey/static"
)

func TestAssetsAreNamedByTheirContent(t *testing.T) {
	assets, err := static.Load(brand.Brand{})
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]string{"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		hashed := strings.TrimPrefix(assets.URL(name), "/static/")
		if !strings.Contains(hashed, hex.EncodeToString(sum[:6])) {
			t.Errorf("%s is served as %s", name, hashed)
		}
		asset, ok := assets.Find(hashed)
		if !ok || asset.Type != kind || !bytes.Equal(asset.Plain, content) || !bytes.Equal(unpacked(t, asset.Gzipped), content) {
			t.Errorf("%s: %v, %s", hashed, ok, asset.Type)
		}
		if _, ok := assets.Find(name); ok {
			t.Errorf("%s is found without its hash", name)
		}
	}
	for _, name := range []string{"", "embed.go", "../static/app.css", "app.css/"} {
		if _, ok := assets.Find(name); ok {
			t.Errorf("%q is found", name)
		}
	}
}

func unpacked(t *testing.T, packed []byte) []byte {
	t.Helper()
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A first visit weighs little: style and script together stay well under what a page may weigh.
func TestAssetsAreLight(t *testing.T) {
	const most = 30 << 10 // bytes over the wire, of the 40 KB of a first page view
	assets, err := static.Load(brand.Brand{})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, name := range []string{"app.css", "app.js"} {
		asset, _ := assets.Find(strings.TrimPrefix(assets.URL(name), "/static/"))
		total += len(asset.Gzipped)
		for _, foreign := range []string{"http://", "https://", "@import", "eval(", "innerHTML", "!important"} {
			if bytes.Contains(asset.Plain, []byte(foreign)) {
				t.Errorf("%s has %q", name, foreign)
			}
		}
	}
	if total > most {
		t.Errorf("style and script weigh %d bytes, at most %d", total, most)
	}
}
