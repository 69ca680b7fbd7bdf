"""mnist37: see how a classifier learns to tell handwritten 3s from 7s. Start it with: streamlit run app.py."""

# Worker processes import this file again, as `__mp_main__`: they need no Streamlit, and only its own run may draw.
if __name__ == "__main__":
    from mnist37.ui.app import main

    main()
