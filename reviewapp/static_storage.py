from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """Hashed file names, also inside the `import` lines of ES modules."""

    support_js_module_import_aggregation = True
