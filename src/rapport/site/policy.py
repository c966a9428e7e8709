"""What a page of the site may load: its Content-Security-Policy, in the page itself and as a header."""

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
    )
)
"""What every page says of itself, for hosts that set no headers."""

CONTENT_SECURITY_POLICY = f"{PAGE_POLICY}; frame-ancestors 'none'"
"""The header: the same, and what a page cannot say of itself."""
