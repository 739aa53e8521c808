package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"latchkey/brand"
	"latchkey/handlers/page"
)

// svgCSP lets an SVG that is opened as a page run and load nothing.
const svgCSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

// asset serves a file with a content hash in its name, cacheable forever.
func (s *App) asset(c echo.Context) error {
	asset, ok := s.Assets.Find(c.Param("name"))
	if !ok && s.Dev {
		more, err := s.samples.branded()
		if err != nil {
			return err
		}
		asset, ok = more.Find(c.Param("name"))
	}
	if !ok {
		return echo.ErrNotFound
	}
	header := c.Response().Header()
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	if asset.Type == brand.TypeSVG {
		header.Set("Content-Security-Policy", svgCSP)
	}
	header.Set("Vary", "Accept-Encoding")
	if !page.AcceptsGzip(c.Request()) {
		return c.Blob(http.StatusOK, asset.Type, asset.Plain)
	}
	header.Set("Content-Encoding", "gzip")
	return c.Blob(http.StatusOK, asset.Type, asset.Gzipped)
}
