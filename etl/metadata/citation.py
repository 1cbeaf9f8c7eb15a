"""What to cite: the release, and the publications whose figures and facts it holds."""

from __future__ import annotations

from etl.metadata.described import CREATOR, TITLE, DescribedRelease, Publication

_HEADINGS = {
    "paper": "Papers",
    "statistics_edition": "Editions of statistics",
    "official_statement": "Official statements",
}
_BIBTEX_TYPES = {"paper": "article"}
_BIBTEX_SPECIAL = str.maketrans({character: f"\\{character}" for character in "&%$#_"})


def release_citation(release: DescribedRelease) -> str:
    """Return the sentence by which the release itself is cited."""
    return f"{CREATOR} ({release.built_at.year}): {TITLE}. Release {release.release_id}."


def citation_page(release: DescribedRelease) -> str:
    """Return the content of `CITATION.md`: the release, then every publication it rests on, by kind, with its terms."""
    lines = [
        "# What to cite",
        "",
        release_citation(release),
        "",
        "A figure of an official source is cited by its edition, a figure or fact of a paper by the paper: every row "
        "names its own (`source` and `edition`, or `document`). The same entries are in `references.bib`.",
        "",
    ]
    for kind, heading in _HEADINGS.items():
        lines += [f"## {heading}", ""]
        lines += [_entry(publication) for publication in release.publications if publication.kind == kind]
        lines.append("")
    return "\n".join(lines)


def bibliography(release: DescribedRelease) -> str:
    """Return the content of `references.bib`: one BibTeX entry per publication, its key the document's slug."""
    return "\n".join(_bibtex(publication) for publication in release.publications)


def _entry(publication: Publication) -> str:
    # A publisher's wish often names no edition.
    wished = f"{publication.title}. {publication.citation}" if publication.citation else None
    lines = [f"* `{publication.document}`: {wished or _reference(publication)}"]
    if publication.url and publication.url not in lines[0]:
        lines.append(f"<{publication.url}>")
    passing_on = "; its values are not to be passed on" if publication.may_redistribute is False else ""
    lines.append(f"Terms: {publication.licence}{passing_on}.")
    return "\n  ".join(lines)


def _reference(publication: Publication) -> str:
    title = publication.title if publication.title_zh is None else f"{publication.title_zh} [{publication.title}]"
    year = publication.published_on.year if publication.published_on else "no date"
    by = publication.authors or publication.publisher
    parts = [f"{by} ({year}): {title}."]
    if publication.publisher not in (None, by):
        parts.append(f"{publication.publisher}.")
    if publication.doi:
        parts.append(f"doi:{publication.doi}.")
    return " ".join(parts)


def _bibtex(publication: Publication) -> str:
    authors = publication.authors or publication.publisher or ""
    fields = {
        # An institution is one name, however many words it has.
        "author": " and ".join(authors.split("; ")) if publication.kind == "paper" else f"{{{authors}}}",
        "title": f"{{{publication.title_zh or publication.title}}}",
        "journal" if publication.kind == "paper" else "publisher": publication.publisher,
        "year": str(publication.published_on.year) if publication.published_on else None,
        "doi": publication.doi,
        "note": publication.citation or (publication.title if publication.title_zh else None),
    }
    written = [f"  {name} = {{{text.translate(_BIBTEX_SPECIAL)}}}" for name, text in fields.items() if text]
    if publication.url:
        written.append(f"  url = {{{publication.url}}}")
    kind = _BIBTEX_TYPES.get(publication.kind, "misc")
    return f"@{kind}{{{publication.document},\n" + ",\n".join(written) + "\n}\n"
